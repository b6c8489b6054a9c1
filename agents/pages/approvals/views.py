"""Pages of asks: the inbox, one ask with all that its answer needs, the answer, a standing limit."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.approvals import actions
from agents.approvals.models import Approval
from agents.pages.approvals.forms import AnswerForm, ProposalForm
from agents.pages.approvals.queries import context, listed
from agents.permissions import TaskPermission
from portal.access import PersonRequest, requires, signed_in
from portal.answers import refused
from portal.pages import page, paged


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    """The asks that wait for the person, the one that closes first on top; those that wait for others; closed ones."""
    state = request.GET.get("state", "")
    rows, others = listed(request.user, state)
    told = {"state": state, "others": others, "page_obj": (found := paged(request, rows))}
    told["tagged"] = [(approval, approval.tag_for(request.user)) for approval in found]
    return page(request, "agents/approvals/list.html", told)


@requires(TaskPermission.VIEW, on=Approval)
def detail(request: PersonRequest, approval: Approval) -> HttpResponse:
    """An open page looks again: while nothing changed it keeps what is typed, then its buttons go with the ask."""
    told = context(request.user, approval)
    if request.htmx and request.GET.get("seen") == told["ask"].version:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return page(request, "agents/approvals/detail.html", told)


@requires(TaskPermission.ANSWER, on=Approval)
@require_POST
def answer(request: PersonRequest, approval: Approval) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _detail(request, approval, status=422, form=form)
    try:
        actions.answer(request.user, approval, **form.given())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(approval)
    messages.success(request, f"{form.done} The task goes on.")
    own = approval.call.task.person_id == request.user.pk
    return redirect(approval.call.task if own else "approvals:list")


@requires(TaskPermission.ANSWER, on=Approval)
@require_POST
def proposal(request: PersonRequest, approval: Approval) -> HttpResponse:
    """Requests a standing limit from the people who grant on the connection. The ask stays as it is."""
    form = ProposalForm(request.POST, approval)
    if not form.is_valid():
        return _detail(request, approval, status=422, proposal=form)
    try:
        actions.propose(request.user, approval, **form.given())
    except ValidationError as error:
        refused(form, error)
        return _detail(request, approval, status=422, proposal=form)
    messages.success(
        request, "Proposed. An admin of the connection decides. This ask still waits for an answer."
    )
    return redirect(approval)


def _detail(request: PersonRequest, approval: Approval, status: int = 200, **forms: Any) -> HttpResponse:
    told = context(request.user, approval) | forms
    return page(request, "agents/approvals/detail.html", told, status=status)
