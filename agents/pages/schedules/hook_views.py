"""Web hooks of schedules: the door for other programs, and the page that makes a signing key."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from agents.permissions import SchedulePermission
from agents.schedules import actions, hooks
from agents.schedules.models import Schedule
from portal.access import PersonRequest, anyone, requires
from portal.addresses import absolute
from portal.pages import get_or_post, page


@csrf_exempt
@anyone(because="a program signs what it sends, with the key of the schedule that it wakes")
@require_POST
def deliver(request: HttpRequest, hook: UUID) -> HttpResponse:
    if int(request.headers.get("Content-Length") or 0) > hooks.LARGEST:
        answer = hooks.LARGE
    elif (request.content_type or "").startswith("multipart/"):
        answer = hooks.Answer(415, "Send the body itself, not a form.")
    else:
        header = request.headers.get(hooks.HEADER, "")
        answer = hooks.deliver(hook, header, request.body, timezone.now())
    return HttpResponse(f"{answer.text}\n", status=answer.status, content_type="text/plain")


@requires(SchedulePermission.MANAGE, on=Schedule)
@get_or_post
def key(request: PersonRequest, schedule: Schedule) -> HttpResponse:
    """A new key, which this answer alone shows."""
    context = {
        "schedule": schedule,
        "address": absolute(reverse("schedules:hook", args=[schedule.hook])),
        "header": hooks.HEADER,
        "minutes": hooks.OLDEST.seconds // 60,
        "hourly": hooks.HOURLY,
        "bytes": hooks.LARGEST,
    }
    if not schedule.by_hook or schedule.ended:
        return redirect(schedule)
    if request.method == "POST":
        context["key"] = actions.new_key(request.user, schedule)
    return page(request, "agents/schedules/key.html", context)
