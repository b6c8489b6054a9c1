"""Pages of budgets: list, detail, set, raise, end."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from metering.budgets import actions, permissions
from metering.budgets.forms import BudgetForm, RaiseForm
from metering.budgets.models import Budget, BudgetRaise
from metering.budgets.queries import listed, statuses
from metering.permissions import BudgetPermission
from portal.access import PersonRequest, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.audit.models import Entry
from portal.pages import get_or_post, page, paged


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    found = paged(request, listed(request.user))
    context = {
        "page_obj": found,
        "budgets": statuses(found, request.user),
        "may_set": bool(permissions.choices(request.user)),
    }
    return page(request, "metering/budgets/list.html", context)


@signed_in
@get_or_post
def new(request: PersonRequest) -> HttpResponse:
    """The form offers what the person may limit, and takes nothing else."""
    data = request.POST if request.method == "POST" else None
    form = BudgetForm(request.user, data, wanted=request.GET.get("for", ""))
    if form.is_valid():
        with refusals_on(form):
            made = actions.set_budget(request.user, form.chosen(), **form.given())
            messages.success(request, "The budget applies from now on.")
            return redirect(made)
    return page(request, "metering/budgets/new.html", {"form": form}, status=422 if form.errors else 200)


@requires(BudgetPermission.VIEW, on=Budget)
def detail(request: PersonRequest, budget: Budget) -> HttpResponse:
    (status,) = statuses([budget], request.user)
    past = budget.raises.exclude(pk__in=[raised.pk for raised in status.raises]).select_related(
        "set_by", "ended_by"
    )
    context = {"told": status, "budget": budget, "past": past, "history": Entry.objects.about(budget)}
    return page(request, "metering/budgets/detail.html", context)


@requires(BudgetPermission.KEEP, on=Budget)
@get_or_post
def raises(request: PersonRequest, budget: Budget) -> HttpResponse:
    form = RaiseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            actions.raise_budget(request.user, budget, **form.given())
            messages.success(request, "Raised. Waiting tasks go on within a minute.")
            return redirect(budget)
    (status,) = statuses([budget], request.user)
    context: dict[str, Any] = {"form": form, "told": status, "budget": budget}
    return page(request, "metering/budgets/raise.html", context, status=422 if form.errors else 200)


@requires(BudgetPermission.KEEP, on=Budget)
@get_or_post
def ending(request: PersonRequest, budget: Budget) -> HttpResponse:
    if request.method != "POST":
        (status,) = statuses([budget], request.user)
        return page(request, "metering/budgets/ending.html", {"told": status, "budget": budget})
    attempt(request, "The budget has ended. It no longer limits anything.", actions.end, request.user, budget)
    return redirect(budget)


@requires(BudgetPermission.KEEP, on=BudgetRaise)
@require_POST
def raise_ending(request: PersonRequest, raised: BudgetRaise) -> HttpResponse:
    attempt(
        request, "The raise has ended. The old limit applies again.", actions.end_raise, request.user, raised
    )
    return redirect(raised.budget)
