"""The answer to a form, kept for a while so that who sends it again sees the same."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from portal.sealing import Sealed, seal, unseal
from portal.submissions.marks import Mark
from portal.submissions.models import Submission

REMEMBERED = timedelta(days=2)  # longer than a mark is taken
ANSWERED = timedelta(minutes=15)  # an answer may show a link that opens something
LARGEST = 500_000  # bytes of a page
ONCE = "You sent this twice. It was done once. This is the result."


def keep(row: Submission, request: HttpRequest, response: HttpResponseBase) -> None:
    """A download is not kept: who sends it again gets it again, and it makes nothing."""
    if response.streaming or not isinstance(response, HttpResponse):
        row.delete()
        return
    body = b"" if len(response.content) > LARGEST else response.content
    said = getattr(messages.get_messages(request), "_queued_messages", [])
    answer = {
        "status": response.status_code,
        "location": response.get("Location", ""),
        "type": response.get("Content-Type", ""),
        "said": [[message.level, str(message), message.extra_tags] for message in said],
        "body": b64encode(body).decode(),
    }
    Submission.objects.filter(pk=row.pk).update(answer=seal(json.dumps(answer)))


def again(row: Submission, request: HttpRequest, mark: Mark) -> HttpResponse:
    """What the first got; where that is not known any more, the page that the form was on."""
    try:
        answer = json.loads(unseal(bytes(row.answer or b"")))
    except Sealed:
        answer = {}
    if answer.get("location"):
        for level, text, tags in answer["said"]:
            messages.add_message(request, level, text, tags or "")
        return HttpResponseRedirect(answer["location"])
    if answer.get("body"):
        return HttpResponse(b64decode(answer["body"]), status=answer["status"], content_type=answer["type"])
    messages.info(request, ONCE)
    return redirect(mark.page)


def forget() -> None:
    now = timezone.now()
    Submission.objects.filter(at__lt=now - REMEMBERED).delete()
    Submission.objects.filter(at__lt=now - ANSWERED, answer__isnull=False).update(answer=None)
