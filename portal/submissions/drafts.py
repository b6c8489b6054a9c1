"""A form that was sent after its session had ended: kept until its person has signed in, then shown as it was typed."""

import json
import re
import time
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict

from portal.sealing import Sealed, seal, unseal
from portal.submissions.dry_run import tried
from portal.submissions.marks import FIELD, VERSION, Mark
from portal.submissions.models import Submission
from portal.submissions.prefill import filled

KEPT = "kept form"
LARGEST = 600_000  # bytes; an instruction with all that may be attached to it fits
SHORT = 40  # characters; a word or a number is soon typed again
AGE = 12 * 3600
# By the names of fields. A number of tokens is no secret.
NEVER_KEPT = re.compile(r"pass|secret|token(?!s$)|api_?key|credential", re.I)
SIGNED_OUT = "You were signed out, so nothing was done. Sign in: the form is kept and shown to you again."
TOO_LARGE = (
    "You were signed out, so nothing was done. Your text was too long to keep. Go back in the "
    "browser to find it."
)
DONE = "Your click was carried out before you were signed out."
RESTORED = "You were signed out before you pressed the button, so nothing was done. This is what you typed."
STALE = "You opened this page before you last signed in, so nothing was done. This is what you typed."


def keep(request: HttpRequest, mark: Mark, notice: str = RESTORED, *, yes_to: str = "") -> bool:
    """In this browser's session, sealed, for the person it was drawn for. False: too large. No files, no passwords.

    ``yes_to``: it waits for its person's password, to be sent as it is (``portal.submissions.step_up``).
    """
    fields = [(name, values) for name, values in request.POST.lists() if not NEVER_KEPT.search(name)]
    form = {
        "person": mark.person,
        "page": mark.page,
        "path": request.path_info,
        "query": request.META.get("QUERY_STRING", ""),
        "fields": fields,
        "notice": notice,
        "yes_to": yes_to,
        "at": time.time(),
    }
    text = json.dumps(form)
    if len(text) > LARGEST:
        return False
    request.session[KEPT] = b64encode(seal(text)).decode()
    return True


def typed(request: HttpRequest) -> list[str]:
    """The texts of this very request, for a page that refuses it: no text is lost by a refusal."""
    sent = [value for name, values in request.POST.lists() for value in values if not _ours(name)]
    return [value for value in sent if len(value) > SHORT or any(mark in value for mark in " \n")]


def _ours(name: str) -> bool:
    return name in {"csrfmiddlewaretoken", FIELD, VERSION} or bool(NEVER_KEPT.search(name))


def ended(request: HttpRequest, mark: Mark) -> HttpResponse:
    """To sign-in, and from there to the page of the form."""
    if Submission.objects.filter(nonce=mark.nonce).exists():
        messages.info(request, DONE)
    elif keep(request, mark):
        messages.warning(request, SIGNED_OUT)
    else:
        messages.warning(request, TOO_LARGE)
    return redirect(f"{resolve_url('sign-in')}?{urlencode({'next': mark.page}, safe='/')}")


def stale(request: HttpRequest, mark: Mark) -> HttpResponse | None:
    """The token was of a former session: its own person gets the form again. None: somebody else's, or too large."""
    user = request.user
    if not user.is_authenticated:
        return ended(request, mark)
    if user.pk != mark.person or not keep(request, mark, STALE):
        return None
    return redirect(mark.page)


def restored(request: HttpRequest) -> HttpResponse | None:
    """On the page of the form: the form as it was typed. None: nothing is kept for this page and this person."""
    form = kept(request)
    if form is None or form["page"] != request.get_full_path():
        return None
    del request.session[KEPT]
    try:
        view, args, kwargs = resolve(form["path"])
    except Resolver404:
        return None
    before = {name: getattr(request, name) for name in ("method", "path", "path_info", "META", "GET", "POST")}
    become(request, form)
    answer = tried(request, view, args, kwargs, form["notice"])
    if answer is None:  # the view shows no form again: the page does, and beside it what was typed
        request.typed = typed(request)  # type: ignore[attr-defined]
        request.kept = form  # type: ignore[attr-defined]
        for name, value in before.items():
            setattr(request, name, value)
        return None
    answer.status_code = 200
    return answer


def fill(request: HttpRequest, response: HttpResponse) -> None:
    """The page that is shown instead: what was typed goes where it was typed."""
    form = request.kept  # type: ignore[attr-defined]
    texts = {name: values[0] for name, values in form["fields"] if len(values) == 1 and not _ours(name)}
    page = filled(response.content.decode(), request.path, form["path"], texts, set(request.typed))  # type: ignore[attr-defined]
    response.content = page.encode()


def kept(request: HttpRequest) -> dict[str, Any] | None:
    """What is kept for who is signed in; what is somebody else's or too old goes."""
    if KEPT not in request.session:
        return None
    try:
        form: dict[str, Any] = json.loads(unseal(b64decode(request.session[KEPT])))
    except (Sealed, ValueError):
        form = {}
    if form.get("person") == request.user.pk and time.time() - form["at"] < AGE:
        return form
    del request.session[KEPT]
    return None


def become(request: HttpRequest, form: dict[str, Any]) -> None:
    """The request as it was when the form was sent, for a view that only draws."""
    fields = QueryDict(mutable=True)
    for name, values in form["fields"]:
        fields.setlist(name, values)
    request.method = "POST"
    request.path = request.path_info = form["path"]
    request.META = {**request.META, "REQUEST_METHOD": "POST", "QUERY_STRING": form["query"]}
    request.GET = QueryDict(form["query"])
    request.POST = fields  # type: ignore[assignment]
    request._files = MultiValueDict()  # type: ignore[attr-defined]
