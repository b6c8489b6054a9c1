"""The door for Slack: signed events and pressed buttons of one connection's app. It stores them and answers at once."""

import json
import time
from typing import Any
from urllib.parse import parse_qs

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from agents.connectors.base import ConnectorError
from agents.connectors.slack.arriving.signatures import SIGNATURE, STAMP, genuine
from agents.connectors.slack.arriving.storing import take
from agents.connectors.slack.credentials import SIGNING
from portal.access import anyone

LARGEST = 500_000  # bytes; an event of Slack's has a tenth of it
NO = "There is no such app here, or the signature is not its own, or too old."


@csrf_exempt
@anyone(because="Slack signs what it sends, with the secret of the connection's app")
@require_POST
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing is said about a connection before the signature is right."""
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return _plain(413, f"A body has {LARGEST:,} bytes at most.")
    if (request.content_type or "").startswith("multipart/"):
        return _plain(415, "Slack sends JSON, or a form with one field.")
    body = request.body
    stamp, signature = (request.headers.get(name, "") for name in (STAMP, SIGNATURE))
    if len(body) > LARGEST or not genuine(_secret(pk), stamp, signature, body, time.time()):
        return _plain(401, NO)
    found = _read(body, request.content_type or "")
    if found is None:
        return _plain(400, "The body cannot be read.")
    if found.get("type") == "url_verification":
        return _plain(200, str(found.get("challenge", ""))[:1_000])
    take(pk, found)
    return HttpResponse(status=200)


def _secret(pk: int) -> str:
    connection = apps.get_model("agents.Connection")._default_manager.filter(
        pk=pk, kind="slack", state="active"
    )
    try:
        return next((row.context().secrets.get(SIGNING, "").strip() for row in connection), "")
    except ConnectorError:
        return ""


def _read(body: bytes, kind: str) -> dict[str, Any] | None:
    """JSON as it is, or what the field ``payload`` of a form holds."""
    try:
        text = body.decode()
        if kind == "application/x-www-form-urlencoded":
            text = parse_qs(text, max_num_fields=10)["payload"][0]
        found = json.loads(text)
    except (ValueError, KeyError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
