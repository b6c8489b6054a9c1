"""Pages of asks: the inbox, one ask with all that is needed to answer it, and the answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.approvals import actions
from agents.approvals.forms import AnswerForm
from agents.approvals.models import Approval
from agents.approvals.shown import shown
from agents.grants.card import card
from agents.permissions import TaskPermission
from agents.queue.story import Line, story
from portal.access import PersonRequest, requires, signed_in
from portal.pages import page, paged

LED_HERE = 5  # lines


@signed_in
def list_(request: PersonRequest) -> HttpResponse:
    """The asks that wait for the person, the one that closes first on top; or those that are closed."""
    mine = Approval.objects.visible_to(request.user).for_reading()
    closed = request.GET.get("state") == "closed"
    rows = mine.closed().order_by("-id") if closed else mine.open().order_by("expires_at", "id")
    return page(request, "agents/approvals/list.html", {"closed": closed, "page_obj": paged(request, rows)})


@requires(TaskPermission.VIEW, on=Approval)
def detail(request: PersonRequest, approval: Approval) -> HttpResponse:
    return _detail(request, approval, AnswerForm())


@requires(TaskPermission.ANSWER, on=Approval)
@require_POST
def answer(request: PersonRequest, approval: Approval) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _detail(request, approval, form, status=422)
    try:
        actions.answer(request.user, approval, **form.given())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(approval)
    said = "Allowed, this one time." if form.given()["yes"] else "Not allowed."
    messages.success(request, f"{said} The task goes on.")
    return redirect(approval.call.task)


def _detail(request: PersonRequest, approval: Approval, form: AnswerForm, status: int = 200) -> HttpResponse:
    approval = Approval.objects.for_reading().select_related("call__step").get(pk=approval.pk)
    call, task = approval.call, approval.call.task
    before = [line for told in reversed(story(task, call.step.number).steps) for line in told.lines]
    context = {
        "ask": shown(approval),
        "task": task,
        "form": form,
        "led_here": [*before[-LED_HERE:], Line((call,))],
        "card": card(task.agent),
    }
    return page(request, "agents/approvals/detail.html", context, status=status)
