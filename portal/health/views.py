"""``/healthz``, ``/readyz`` and ``/metrics``, for load balancers and monitoring."""

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST

from portal.access import anyone
from portal.health import figures, readiness


@anyone(because="A load balancer has no account, and the answer says nothing but that this process lives.")
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Asks nobody: a process lives though its database does not."""
    return HttpResponse("ok\n", content_type="text/plain")


@anyone(because="A load balancer has no account, and the answer names parts of the portal, no data.")
@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """200 where all of it is well, else 503. ``?only=database,migrations``: what a web server itself needs."""
    named = set(filter(None, request.GET.get("only", "").split(",")))
    found = readiness.looked_at([name for name in readiness.LOOKS if not named or name in named])
    if named - found.keys():
        raise Http404
    ok = not any(look.problem for look in found.values())
    looks = {name: {"ok": not look.problem} | _said(look) for name, look in found.items()}
    return JsonResponse({"ready": ok, **looks}, status=200 if ok else 503)


def _said(look: readiness.Look) -> dict[str, object]:
    said: dict[str, object] = {"problem": look.problem} if look.problem else {}
    return {**said, **look.figures}


@anyone(
    because="Monitoring has no account: it shows PORTAL_METRICS_TOKEN. Without one there is no such page."
)
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    shown = request.headers.get("Authorization", "")
    if not secrets.compare_digest(shown.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        refused = HttpResponse("A token is needed.\n", status=401, content_type="text/plain")
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    return HttpResponse(figures.page(), content_type=CONTENT_TYPE_LATEST)
