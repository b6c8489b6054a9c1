"""Pages that share one task with others, and end that; that keep a task longer, and end that."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.pages.queue.forms import TaskShareForm
from agents.permissions import TaskPermission
from agents.queue import actions
from agents.queue.models import Task
from agents.queue.shares import SHARED_FOR
from agents.readers import suggestions
from portal.access import PersonRequest, requires
from portal.answers import attempt, refusals_on
from portal.pages import get_or_post, page


@requires(TaskPermission.SHARE, on=Task)
@get_or_post
def shares(request: PersonRequest, task: Task) -> HttpResponse:
    """With the agent's managers by one click, with another person by name."""
    form = TaskShareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            made = actions.share(request.user, task, reader=form.cleaned_data["reader"])
            messages.success(request, f"Shared with {made.with_whom} for {SHARED_FOR.days} days.")
            return redirect(task)
    people = [mate for mate in suggestions(request.user) if "@" in mate[0]]  # a task is shared with no team
    context = {"task": task, "form": form, "suggestions": people, "days": SHARED_FOR.days}
    return page(request, "agents/queue/share.html", context, status=422 if form.errors else 200)


@requires(TaskPermission.SHARE, on=Task)
@require_POST
def unshare(request: PersonRequest, task: Task) -> HttpResponse:
    share = task.shares.open().filter(pk=_number(request.POST.get("share"))).first()
    if share is None:
        messages.info(request, "This share has already ended.")
    else:
        done = f"{share.with_whom} can no longer see this task."
        attempt(request, done, actions.unshare, request.user, task, share=share)
    return redirect(task)


@requires(TaskPermission.KEEP, on=Task)
@require_POST
def keep(request: PersonRequest, task: Task) -> HttpResponse:
    attempt(request, "Its texts are kept for a year.", actions.keep, request.user, task)
    return redirect(task)


@requires(TaskPermission.KEEP, on=Task)
@require_POST
def let_go(request: PersonRequest, task: Task) -> HttpResponse:
    attempt(
        request, "Its texts are now kept as long as those of other tasks.", actions.let_go, request.user, task
    )
    return redirect(task)


def _number(text: str | None) -> int:
    return int(text[:18]) if text and text.isdecimal() else 0
