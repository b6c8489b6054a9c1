"""Finance's pages: contract prices, exchange rates, models without a price, refused usage."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from metering.permissions import LedgerPermission
from metering.permits.viewers import given, viewer
from metering.pricing import unpriced
from metering.pricing.forms import AgainForm, EndForm, PriceForm, RateForm, RefusalFilter, today
from metering.privacy import visibility
from metering.privacy.visibility import Scope
from metering.usage import actions
from metering.usage.models import ContractPrice, ExchangeRate, UsageRefusal
from portal.access import PersonRequest, requires
from portal.answers import refusals_on
from portal.editing import unchanged
from portal.later import later
from portal.pages import page, paged


@requires(LedgerPermission.KEEP_PRICES)
def prices(request: PersonRequest) -> HttpResponse:
    kept = ContractPrice.objects.visible_to(request.user).select_related("added_by")
    context = {
        "unpriced": unpriced.models(_scope(request)),
        "page_obj": paged(request, kept),
        "rates": ExchangeRate.objects.order_by("currency", "-day")[:50],
        "today": datetime.now(UTC).date(),
        "currency": settings.CURRENCY,
    }
    return page(request, "metering/pricing/prices.html", context)


@requires(LedgerPermission.KEEP_PRICES)
def new_price(request: PersonRequest) -> HttpResponse:
    form = PriceForm(request.POST if request.method == "POST" else None, initial=_unpriced(request))
    if form.is_valid():
        with refusals_on(form):
            price = actions.add_price(request.user, **form.cleaned_data)
            messages.success(request, f"{price} uses the contract price from {price.valid_from} on.")
            return redirect("usage:prices")
    context = {"form": form}
    return page(request, "metering/pricing/new_price.html", context, status=422 if form.is_bound else 200)


@requires(LedgerPermission.KEEP_PRICES, on=ContractPrice)
def end_price(request: PersonRequest, price: ContractPrice) -> HttpResponse:

    def drawn(data: QueryDict | None = None) -> EndForm:
        return EndForm(data, initial={"last": price.valid_until or today()})

    form = drawn(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            with unchanged(form, price, drawn):
                actions.end_price(request.user, price, last=form.cleaned_data["last"])
            now = "is withdrawn" if price.withdrawn else f"applies until {price.valid_until}"
            messages.success(request, f"The contract price of {price} {now}.")
            return redirect("usage:prices")
    context = {"form": form, "price": price, "today": datetime.now(UTC).date()}
    return page(request, "metering/pricing/end_price.html", context, status=422 if form.is_bound else 200)


@requires(LedgerPermission.KEEP_PRICES)
def new_rate(request: PersonRequest) -> HttpResponse:
    form = RateForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            rate = actions.add_rate(request.user, **form.cleaned_data)
            messages.success(request, f"{rate}.")
            return redirect("usage:prices")
    context = {"form": form}
    return page(request, "metering/pricing/new_rate.html", context, status=422 if form.is_bound else 200)


@requires(LedgerPermission.KEEP_PRICES)
@require_POST
def pricing(request: PersonRequest) -> HttpResponse:
    """Price the calls of one model by the lists as they stand: a worker does it."""
    form = AgainForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        later("metering.price_again", asked["provider"], asked["model"], request.user.pk)
        messages.success(
            request, f"{asked['provider']}:{asked['model']} is being repriced. Look again in a minute."
        )
    else:
        messages.error(request, "Choose a model from the list. Nothing was repriced.")
    return redirect("usage:prices")


@requires(LedgerPermission.SEE_REFUSALS)
def refusals(request: PersonRequest) -> HttpResponse:
    form = RefusalFilter(request.GET)
    wanted = form.cleaned_data["q"] if form.is_valid() else ""
    found = UsageRefusal.objects.search(wanted)
    context = {"form": form, "page_obj": paged(request, found), "filtered": bool(wanted)}
    return page(request, "metering/pricing/refusals.html", context, part="rows")


def _unpriced(request: PersonRequest) -> dict[str, str]:
    """The model that the link is about, if the ledger has calls of it without a price; no other text of an address."""
    asked = (request.GET.get("provider", ""), request.GET.get("pattern", ""))
    known = {(model.provider, model.model) for model in unpriced.models(_scope(request))}
    return dict(zip(("provider", "pattern"), asked, strict=True)) if asked in known else {}


def _scope(request: PersonRequest) -> Scope:
    refusal = "Only finance can change prices. An admin can give you this role."
    return given(visibility.cost_centres(viewer(request.user)), refusal)
