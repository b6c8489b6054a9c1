"""What is said of every answer, and what no page can use, refused before any page sees it."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

NUL = "\x00"


def not_stored(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No browser and no proxy stores an answer: Back asks again. (WhiteNoise answers static files earlier.)"""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Cache-Control"] = "private, no-store"
        return response

    return middleware


def no_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """400 for a NUL in the address, which PostgreSQL cannot store. (In fields Django refuses it.)"""

    def middleware(request: HttpRequest) -> HttpResponse:
        if NUL in request.path or any(NUL in value for values in request.GET.lists() for value in values[1]):
            raise BadRequest("The address holds a character that cannot be read.")
        return get_response(request)

    return middleware
