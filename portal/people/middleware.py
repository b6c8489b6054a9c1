"""Every page shows times in the reader's zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


def reader_time_zone(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "time_zone", None)
        with timezone.override(ZoneInfo(zone) if zone else None):
            return get_response(request)

    return middleware
