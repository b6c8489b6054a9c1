"""A second person's yes needs a sign-in of the last ten minutes: else their password, and then the form is sent.

Who finds an unlocked phone or takes a session over has one person's rights, and must not be the second one as well.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve

from portal.access import View
from portal.submissions import drafts, marks, sending
from portal.submissions.marks import Mark

FRESH = 600  # seconds
SIGNED_IN_AT = "signed in at"
NOT_SENT = "Your password was not entered, so nothing was done. This is what you typed."
TOO_LARGE = "Your text was too long to keep. Go back in the browser to find it, and send it again."


def signed_in(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """Django's signal of every way in. Just now this person's password, or what counts like it, was given."""
    request.session[SIGNED_IN_AT] = time.time()


def fresh(request: HttpRequest) -> bool:
    at = request.session.get(SIGNED_IN_AT)
    return isinstance(at, int | float) and 0 <= time.time() - at < FRESH


def password_first(request: HttpRequest, yes_to: str) -> HttpResponse | None:
    """To the page that asks for the password, with the form kept; None where the sign-in is fresh.

    ``yes_to``: what the yes is to, in words for the person who gives it.
    """
    if fresh(request):
        return None
    mark = marks.read(request) or Mark("", request.user.pk or 0, "/")
    if not drafts.keep(request, mark, NOT_SENT, yes_to=yes_to):
        messages.warning(request, TOO_LARGE)
    return redirect(f"{resolve_url('sign-in-again')}?{urlencode({'next': mark.page}, safe='/')}")


def needs_fresh_sign_in(yes_to: Callable[..., str]) -> Callable[[View], View]:
    """Below the access rule of a view: where ``yes_to(request, …)`` has words, its form is a second person's yes."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            words = yes_to(request, *args, **kwargs) if request.method == "POST" else ""
            asked = password_first(request, words) if words else None
            return asked or view(request, *args, **kwargs)

        wrapper.needs_fresh_sign_in = True  # type: ignore[attr-defined]
        return wrapper

    return decorate


def waiting(request: HttpRequest) -> str:
    """What the yes is to that waits for the password; empty where none does any more."""
    form = drafts.kept(request)
    return str(form["yes_to"]) if form and form.get("yes_to") and time.time() - form["at"] < FRESH else ""


def sent(request: HttpRequest) -> HttpResponseBase | None:
    """The kept form's own answer, now that the password was given; None: none waits. It is done once, as any form."""
    if not waiting(request):
        return None
    form = drafts.kept(request)
    del request.session[drafts.KEPT]
    if form is None:
        return None
    try:
        view, args, kwargs = resolve(form["path"])
    except Resolver404:
        return None
    drafts.become(request, form)
    mark = marks.read(request)
    if mark is None or mark.expired or mark.person != request.user.pk:
        return None
    answer = sending.once(request, view, args, kwargs, mark)
    if answer.status_code < 400:
        return answer
    drafts.keep(request, mark, "Nothing was done. This is what you typed.")
    return redirect(mark.page)
