"""A form is sent: once means once, also when it is pressed twice at the same moment or sent again by a slow line."""

import hashlib
import json
import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from psycopg.errors import DeadlockDetected

from portal.audit.record import watching
from portal.integrity import refusal
from portal.locking import locked
from portal.submissions import drafts, replay
from portal.submissions.dry_run import View, tried
from portal.submissions.marks import FIELD, Mark
from portal.submissions.models import Submission

log = logging.getLogger(__name__)

WAIT = 15.0  # seconds that a second press waits for the first
EXPIRED = "This form was open for more than a day, so it was not sent. Check it, then press the button again."
CHANGED = (
    "You have already sent this form once, and it was done. You changed it since. Press the button "
    "again to send the new version."
)
STILL = "The portal is still working on your first click. It is done only once. Look at the page again in a minute."
FOREIGN = "Somebody else was signed in when this form was opened, so nothing was done. Open the page again."
DEADLOCK = "Somebody else changed the same thing at this moment, so nothing was done. Try again."
IGNORED = {"csrfmiddlewaretoken", FIELD}


class Repeated(Exception):
    """The form's mark is taken already: what was just done is rolled back."""


class Once:
    """Takes the mark in the transaction of the first verb that is done: effect and mark, or neither."""

    def __init__(self, mark: Mark, digest: str) -> None:
        self.mark, self.digest = mark, digest
        self.row: Submission | None = None

    def before(self) -> None:
        pass

    def done(self) -> None:
        if self.row is not None:
            return
        new = Submission(nonce=self.mark.nonce, person_id=self.mark.person or None, digest=self.digest)
        try:
            with transaction.atomic():
                new.save(force_insert=True)
        except IntegrityError as error:
            raise Repeated from error
        self.row = new


def once(request: HttpRequest, view: View, args: Any, kwargs: Any, mark: Mark) -> HttpResponseBase:
    digest = digest_of(request)
    with locked("portal_submission", mark.nonce, wait=WAIT) as free:
        if not free:
            return refused(request, STILL, mark.page, status=409)
        row = Submission.objects.filter(nonce=mark.nonce).first()
        if row is None:
            sending = Once(mark, digest)
            token = watching.set(sending)
            try:
                response = guarded(request, view, args, kwargs, mark)
                if sending.row is not None:
                    replay.keep(sending.row, request, response)
                return response
            except Repeated:
                row = Submission.objects.get(nonce=mark.nonce)
            finally:
                watching.reset(token)
    if row.digest == digest:
        return replay.again(row, request, mark)
    return shown_again(request, view, args, kwargs, mark, CHANGED)


def guarded(request: HttpRequest, view: View, args: Any, kwargs: Any, mark: Mark | None) -> HttpResponseBase:
    """The view's answer; what the database or a verb refuses behind its back is said in words."""
    try:
        return view(request, *args, **kwargs)
    except (IntegrityError, ValidationError, OperationalError) as error:
        if isinstance(error, OperationalError) and not isinstance(error.__cause__, DeadlockDetected):
            raise
        words = DEADLOCK if isinstance(error, OperationalError) else _words(error)
        log.warning("%s %s was refused: %s", request.method, request.path, words)
        return refused(request, words, mark.page if mark else "/", status=409)


def _words(error: IntegrityError | ValidationError) -> str:
    return " ".join((refusal(error) if isinstance(error, IntegrityError) else error).messages)


def shown_again(
    request: HttpRequest, view: View, args: Any, kwargs: Any, mark: Mark, notice: str
) -> HttpResponse:
    """Not done; the form as it was typed, with a new mark."""
    return tried(request, view, args, kwargs, notice) or redirect(mark.page)


def refused(request: HttpRequest, reason: str, page: str, *, status: int) -> HttpResponse:
    """A page of its own that says why, and leads back. htmx shows the reason on the page that is there."""
    context = {"reason": reason, "back": page, "typed": drafts.typed(request)}
    return render(request, "portal/submissions/refused.html", context, status=status)


def digest_of(request: HttpRequest) -> str:
    """Of the address and all that was sent, but for what every drawing of a form has anew."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name not in IGNORED)
    whole = hashlib.sha256(json.dumps([request.get_full_path(), sent]).encode())
    for name, file in sorted(request.FILES.items()):
        whole.update(name.encode())
        for chunk in file.chunks():  # type: ignore[union-attr]
            whole.update(chunk)
        file.seek(0)  # type: ignore[union-attr]
    return whole.hexdigest()
