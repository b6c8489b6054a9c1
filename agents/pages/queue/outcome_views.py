"""Pages of a task's results: add a work item by hand, give feedback."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.pages.queue.forms import ItemForm, ThumbForm
from agents.permissions import TaskPermission
from agents.queue.models import Task
from agents.queue.outcomes import SOURCE, credited
from metering.outcomes import actions
from metering.outcomes.claims import Claim
from portal.access import PersonRequest, requires
from portal.answers import refusals_on
from portal.pages import get_or_post, page

AGAIN = "Another task of yours claims this item already. It counts there, once."
FOREIGN = "Another person's task claims this item already, so it counts for neither of you."


@requires(TaskPermission.OUTCOME, on=Task)
@get_or_post
def items(request: PersonRequest, task: Task) -> HttpResponse:
    """Claim a work item in another system for one's own task."""
    form = ItemForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        mine = credited(task)
        with refusals_on(form):
            item = actions.claim(request.user, Claim(mine, by_hand=True, **form.cleaned_data))
            if (item.source, item.task) == (mine.source, mine.task):
                messages.success(request, "Added. It counts once somebody other than you confirms it.")
                return redirect(item)
            mine_too = item.person_id == request.user.pk
            messages.warning(request, AGAIN if mine_too else FOREIGN)
            return redirect(task)
    context = {"task": task, "form": form}
    return page(request, "agents/queue/items.html", context, status=422 if form.errors else 200)


@requires(TaskPermission.OUTCOME, on=Task)
@require_POST
def feedback(request: PersonRequest, task: Task) -> HttpResponse:
    form = ThumbForm(request.POST)
    if form.is_valid():
        up = form.cleaned_data["thumb"] == "up"
        actions.give_feedback(request.user, source=SOURCE, task=str(task.pk), agent_id=task.agent_id, up=up)
        messages.success(
            request,
            "Thank you. The agent's owner sees it without your name. It does not affect any statistics.",
        )
    else:
        messages.error(request, "Choose thumbs up or thumbs down.")
    return redirect(task)
