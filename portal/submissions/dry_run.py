"""DryRun a form without doing anything: the view draws it with what was typed, for the reader to look at and send."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from portal.audit.record import watching

View = Callable[..., HttpResponseBase]
AGAIN = "Nothing was done yet. Check this, then press the button again."


class NotDone(ValidationError):
    """Raised by every verb while a form is only tried; views show it as any refusal."""


class DryRun:
    def __init__(self) -> None:
        self.asked = False  # did the view come to a verb?

    def before(self) -> None:
        self.asked = True
        raise NotDone(AGAIN)

    def done(self) -> None:
        raise AssertionError("nothing is done while a form is tried")


def tried(request: HttpRequest, view: View, args: Any, kwargs: Any, notice: str) -> HttpResponse | None:
    """The page with the form as it was typed; None where the view has none to show. ``notice`` is said either way."""
    storage = messages.get_messages(request)
    messages.warning(request, notice)
    trying = DryRun()
    token = watching.set(trying)
    try:
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            transaction.set_rollback(True)
    except (ValidationError, IntegrityError, PermissionDenied, Http404):
        return None
    finally:
        watching.reset(token)
    if isinstance(response, HttpResponse) and not response.has_header("Location"):
        return response if response.get("Content-Type", "").startswith("text/html") else None
    if not trying.asked:  # it says that something was done which was taken back just now
        said: Any = storage
        said._queued_messages = [message for message in said._queued_messages if message.message == notice]
    return None
