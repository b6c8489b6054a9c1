"""Pages of unclear calls: one with all that is known of it, the answer, another look at its system."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.approvals.unclear import Unclear
from agents.gate import unclear_calls
from agents.pages.approvals.forms import UNCLEAR_ANSWERS, UnclearForm
from agents.pages.approvals.queries import unclear_context
from agents.permissions import TaskPermission
from portal.access import PersonRequest, requires
from portal.answers import attempt
from portal.pages import page
from portal.submissions.step_up import needs_fresh_sign_in


@requires(TaskPermission.VIEW, on=Unclear)
def detail(request: PersonRequest, unclear: Unclear) -> HttpResponse:
    told = unclear_context(request.user, unclear)
    if request.htmx and request.GET.get("seen") == told["version"]:  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return page(request, "agents/approvals/unclear.html", told)


def _second_word(request: PersonRequest, unclear: Unclear) -> str:
    second = unclear.second_person and request.POST.get("answer") in {"happened", "do"}
    return f"Your answer, as the second person: {unclear.question}" if second else ""


@requires(TaskPermission.ANSWER, on=Unclear)
@require_POST
@needs_fresh_sign_in(_second_word)
def answer(request: PersonRequest, unclear: Unclear) -> HttpResponse:
    form = UnclearForm(request.POST)
    if not form.is_valid():
        told = unclear_context(request.user, unclear) | {"form": form}
        return page(request, "agents/approvals/unclear.html", told, status=422)
    _, done = UNCLEAR_ANSWERS[form.cleaned_data["answer"]]
    if not attempt(request, done, unclear_calls.ANSWERS[form.cleaned_data["answer"]], request.user, unclear):
        return redirect(unclear)
    own = unclear.call.task.person_id == request.user.pk
    return redirect(unclear.call.task if own else "approvals:list")


@requires(TaskPermission.ANSWER, on=Unclear)
@require_POST
def look(request: PersonRequest, unclear: Unclear) -> HttpResponse:
    if attempt(request, "Looked again.", unclear_calls.look_again, request.user, unclear):
        unclear.refresh_from_db()
        if unclear.state == Unclear.State.SHOWN:
            messages.success(request, f"{unclear.call.connection} shows that it happened.")
    return redirect(unclear)
