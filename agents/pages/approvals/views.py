"""Pages of asks: the inbox, one ask with all that its answer needs, the answer, a standing limit."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.approvals import actions
from agents.approvals.models import Approval
from agents.pages.approvals.forms import AnswerForm, ProposalForm
from agents.pages.approvals.queries import context, listed, unclear_of
from agents.permissions import TaskPermission
from portal.access import PersonRequest, requires, signed_in
from portal.answers import attempt, refusals_on
from portal.pages import page, paged
from portal.submissions.step_up import needs_fresh_sign_in


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    """The asks that wait for the person, the one that closes first on top; those that wait for others; closed ones."""
    state = request.GET.get("state", "")
    rows, others = listed(request.user, state)
    told = {"state": state, "others": others, "page_obj": (found := paged(request, rows))}
    told["unclear"] = unclear_of(request.user, state)
    told["tagged"] = [(approval, approval.tag_for(request.user)) for approval in found]
    return page(request, "agents/approvals/list.html", told)


@requires(TaskPermission.VIEW, on=Approval)
def detail(request: PersonRequest, approval: Approval) -> HttpResponse:
    """An open page looks again: while nothing changed it keeps what is typed, then its buttons go with the ask."""
    told = context(request.user, approval)
    if request.htmx and request.GET.get("seen") == told["ask"].version:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return page(request, "agents/approvals/detail.html", told)


def _second_yes(request: PersonRequest, approval: Approval) -> str:
    second = approval.second_person and request.POST.get("answer") in {"yes", "task"}
    return f"Your yes, as the second person: {approval.question}" if second else ""


@requires(TaskPermission.ANSWER, on=Approval)
@require_POST
@needs_fresh_sign_in(_second_yes)
def answer(request: PersonRequest, approval: Approval) -> HttpResponse:
    form = AnswerForm(request.POST, approval)
    if not form.is_valid():
        return _wrong(request, approval, form=form)
    done = f"{form.done} The task goes on."
    if not attempt(request, done, actions.answer, request.user, approval, **form.given()):
        return redirect(approval)
    own = approval.call.task.person_id == request.user.pk
    return redirect(approval.call.task if own else "approvals:list")


@requires(TaskPermission.ANSWER, on=Approval)
@require_POST
def proposal(request: PersonRequest, approval: Approval) -> HttpResponse:
    """Requests a standing limit from the people who grant on the connection. The ask stays as it is."""
    form = ProposalForm(request.POST, approval)
    if form.is_valid():
        with refusals_on(form):
            actions.propose(request.user, approval, **form.given())
            messages.success(
                request, "Proposed. An admin of the connection decides. This ask still waits for an answer."
            )
            return redirect(approval)
    return _wrong(request, approval, proposal=form)


def _wrong(request: PersonRequest, approval: Approval, **forms: Any) -> HttpResponse:
    """The ask once more, with what is wrong on its form."""
    told = context(request.user, approval) | forms
    return page(request, "agents/approvals/detail.html", told, status=422)
