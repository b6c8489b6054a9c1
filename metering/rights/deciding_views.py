"""Pages of corrections and objections, for their person and for the reviewer."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from metering.disputes.models import CorrectionRequest, Objection, ObjectionQuerySet
from metering.permissions import RightsPermission
from metering.rights import actions
from metering.rights.forms import AnswerForm
from portal.access import PersonRequest, may, requires, signed_in
from portal.audit.models import Entry
from portal.pages import page, paged
from portal.submissions.step_up import needs_fresh_sign_in

NOBODYS = (
    "These calls now count as nobody's. Their cost stays with the team but does not count in group figures."
)

Verbs = Mapping[str, tuple[Callable[..., Any], str]]  # by the answer: what is done, and what is said of it


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


def _nobodys(request: PersonRequest, asked: CorrectionRequest) -> str:
    yes = request.POST.get("answer") == "yes"
    return f"Your yes, as the second person: these calls were not {asked.person}’s" if yes else ""


@requires(RightsPermission.DECIDE, on=CorrectionRequest)
@require_POST
@needs_fresh_sign_in(_nobodys)
def decide_correction(request: PersonRequest, asked: CorrectionRequest) -> HttpResponse:
    form = AnswerForm(request.POST)
    verbs: Verbs = {
        "yes": (actions.accept_correction, NOBODYS),
        "no": (actions.refuse_correction, "Nothing changes."),
    }
    if _decided(request, form, asked, verbs):
        return redirect("rights:inbox")
    asked.refresh_from_db()
    return _correction(request, asked, form, 422)


@signed_in
def objection(request: PersonRequest, pk: int) -> HttpResponse:
    seen = Objection.objects.visible_to(request.user).to_permits()
    return _objection(request, get_object_or_404(_read(seen), pk=pk), AnswerForm(), 200)


def _overruled(request: PersonRequest, objection: Objection) -> str:
    """The no to an objection is what opens the usage again."""
    no = request.POST.get("answer") == "no"
    return f"Your no to the objection of {objection.person}: the permit is reinstated" if no else ""


@requires(RightsPermission.DECIDE, on=Objection)
@require_POST
@needs_fresh_sign_in(_overruled)
def decide_objection(request: PersonRequest, objection: Objection) -> HttpResponse:
    form = AnswerForm(request.POST)
    held = objection.permit is not None and objection.permit.is_held
    verbs: Verbs = {
        "yes": (actions.uphold, "The permit is revoked."),
        "no": (actions.overrule, "The permit is reinstated." if held else "The permit had already ended."),
    }
    if _decided(request, form, objection, verbs):
        return redirect("rights:inbox")
    return _objection(request, objection, form, 422)


def _decided(request: PersonRequest, form: AnswerForm, about: Model, verbs: Verbs) -> bool:
    """Do what the answer says and tell the reader; False, with the reason on the form, where that is refused."""
    if not form.is_valid():
        return False
    verb, said = verbs[form.cleaned_data["answer"]]
    try:
        verb(request.user, about, note=form.cleaned_data["note"])
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return False
    messages.success(request, said)
    return True


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
