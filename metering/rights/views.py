"""My data: what is stored, its export, corrections, objections."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from metering.disputes.models import CorrectionRequest, Objection
from metering.permissions import RightsPermission
from metering.permits.models import Permit
from metering.rights import actions
from metering.rights.export import streamed
from metering.rights.forms import CorrectionForm, ObjectionForm
from portal.access import PersonRequest, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.pages import page
from portal.plugins import personal_data

NO_SIGNALS = "Hints are off. Active hints were removed, and none of your schedules will be paused."


@signed_in
def mine(request: PersonRequest) -> HttpResponse:
    person = request.user
    objections = Objection.objects.filter(person=person).select_related("permit__viewer", "permit__team")
    about = Permit.objects.about(person).live().select_related("viewer", "team", "decided_by")
    context = {
        "parts": personal_data(),
        "corrections": CorrectionRequest.objects.filter(person=person).select_related("decided_by"),
        "objections": objections.to_permits(),
        "permits": about.exclude(objections__in=objections.exclude(state="withdrawn").values("pk")),
        "no_signals": objections.to_signals().first(),
    }
    return page(request, "metering/rights/mine.html", context)


@signed_in
@require_POST
def export(request: PersonRequest) -> StreamingHttpResponse:
    """The file is made while it is sent. A POST: nobody makes somebody download by a link."""
    actions.exported(request.user, request.user)
    answer = StreamingHttpResponse(streamed(request.user), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate()}.zip"'
    return answer


@signed_in
def new_correction(request: PersonRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, person=request.user, wanted=request.GET.dict())
    if form.is_valid():
        with refusals_on(form):
            asked = actions.request_correction(request.user, **form.asked())
            messages.success(request, "Reported. Somebody else decides. You see the answer here.")
            return redirect(asked)
    context = {"form": form, "any": bool(form.names)}
    return page(request, "metering/rights/new_correction.html", context, status=422 if form.errors else 200)


@requires(RightsPermission.WITHDRAW, on=CorrectionRequest)
@require_POST
def withdraw_correction(request: PersonRequest, asked: CorrectionRequest) -> HttpResponse:
    done = "Withdrawn. Nothing changes."
    attempt(request, done, actions.withdraw_correction, request.user, asked)
    return redirect("rights:mine")


@signed_in
@require_POST
def signals(request: PersonRequest) -> HttpResponse:
    attempt(request, NO_SIGNALS, actions.signals_off, request.user)
    return redirect("rights:mine")


@signed_in
def object_to(request: PersonRequest, pk: int) -> HttpResponse:
    about = Permit.objects.about(request.user).select_related("viewer", "team", "decided_by")
    permit = get_object_or_404(about, pk=pk)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            objection = actions.object_to(request.user, permit, why=form.cleaned_data["why"])
            messages.success(request, "The permit is suspended until somebody decides.")
            return redirect(objection)
    context = {"form": form, "permit": permit}
    return page(request, "metering/rights/object.html", context, status=422 if form.errors else 200)


@requires(RightsPermission.WITHDRAW, on=Objection)
@require_POST
def withdraw_objection(request: PersonRequest, objection: Objection) -> HttpResponse:
    attempt(request, "You withdrew your objection.", actions.withdraw_objection, request.user, objection)
    return redirect("rights:mine")
