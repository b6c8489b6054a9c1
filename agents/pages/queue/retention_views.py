"""Keep one's own task longer than texts are kept, or no longer."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agents.permissions import TaskPermission
from agents.queue import actions
from agents.queue.models import Task
from portal.access import PersonRequest, requires
from portal.answers import attempt


@requires(TaskPermission.KEEP, on=Task)
@require_POST
def keep(request: PersonRequest, task: Task) -> HttpResponse:
    attempt(request, "This task is kept for a year.", actions.keep, request.user, task)
    return redirect(task)


@requires(TaskPermission.KEEP, on=Task)
@require_POST
def let_go(request: PersonRequest, task: Task) -> HttpResponse:
    done = "This task is now kept as long as others."
    attempt(request, done, actions.let_go, request.user, task)
    return redirect(task)
