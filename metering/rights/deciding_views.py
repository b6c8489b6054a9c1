"""Corrections and objections as the person and the one who decides read them; deciding."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from metering.permissions import RightsPermission
from metering.rights import actions
from metering.rights.forms import AnswerForm
from metering.rights.models import CorrectionRequest, Objection, ObjectionQuerySet
from portal.access import PersonRequest, may, requires, signed_in
from portal.audit.models import Entry
from portal.pages import page, paged

SAYS = "Say why not, and press again. Nothing was decided."


@requires(RightsPermission.DECIDE)
def inbox(request: PersonRequest) -> HttpResponse:
    corrections = CorrectionRequest.objects.visible_to(request.user).select_related("person", "decided_by")
    objections = Objection.objects.decidable_by(request.user)
    context = {
        "corrections": corrections.decidable_by(request.user).order_by("id"),
        "objections": objections.select_related("person", "permit__viewer", "permit__team").order_by("id"),
        "page_obj": paged(request, corrections.exclude(state=CorrectionRequest.State.REQUESTED)),
    }
    return page(request, "metering/rights/inbox.html", context)


@signed_in
def correction(request: PersonRequest, pk: int) -> HttpResponse:
    seen = CorrectionRequest.objects.visible_to(request.user).select_related("person", "decided_by")
    return _correction(request, get_object_or_404(seen, pk=pk), AnswerForm(), 200)


@requires(RightsPermission.DECIDE, on=CorrectionRequest)
@require_POST
def decide_correction(request: PersonRequest, asked: CorrectionRequest) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _correction(request, asked, form, 422)
    yes, note = form.cleaned_data["answer"] == "yes", form.cleaned_data["note"]
    try:
        (actions.accept_correction if yes else actions.refuse_correction)(request.user, asked, note=note)
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        asked.refresh_from_db()
        return _correction(request, asked, form, 422)
    said = "These calls are nobody’s now; the cost stays with the team." if yes else "Nothing changes."
    messages.success(request, said)
    return redirect("rights:inbox")


@signed_in
def objection(request: PersonRequest, pk: int) -> HttpResponse:
    seen = Objection.objects.visible_to(request.user).to_permits()
    return _objection(request, get_object_or_404(_read(seen), pk=pk), AnswerForm(), 200)


@requires(RightsPermission.DECIDE, on=Objection)
@require_POST
def decide_objection(request: PersonRequest, objection: Objection) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _objection(request, objection, form, 422)
    yes, note = form.cleaned_data["answer"] == "yes", form.cleaned_data["note"]
    try:
        (actions.uphold if yes else actions.overrule)(request.user, objection, note=note)
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return _objection(request, objection, form, 422)
    messages.success(request, "The permit has ended." if yes else "The permit holds again.")
    return redirect("rights:inbox")


def _correction(
    request: PersonRequest, asked: CorrectionRequest, form: AnswerForm, status: int
) -> HttpResponse:
    waiting, mine = asked.state == CorrectionRequest.State.REQUESTED, asked.person_id == request.user.pk
    context = {
        "asked": asked,
        "form": form,
        "mine": mine,
        "may_decide": waiting and may(request.user, RightsPermission.DECIDE, asked),
        "may_withdraw": waiting and mine,
        "history": Entry.objects.about(asked),
    }
    return page(request, "metering/rights/correction.html", context, status=status)


def _objection(request: PersonRequest, objection: Objection, form: AnswerForm, status: int) -> HttpResponse:
    waiting, mine = objection.state == Objection.State.OPEN, objection.person_id == request.user.pk
    context = {
        "objection": objection,
        "permit": objection.permit,
        "form": form,
        "mine": mine,
        "may_decide": waiting and may(request.user, RightsPermission.DECIDE, objection),
        "may_withdraw": waiting and mine,
    }
    return page(request, "metering/rights/objection.html", context, status=status)


def _read(objections: ObjectionQuerySet) -> ObjectionQuerySet:
    return objections.select_related(
        "person", "decided_by", "permit__viewer", "permit__team", "permit__decided_by"
    )
