"""The one door that every form of the house goes through. The last middleware, so that it calls the view itself."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from portal.submissions import drafts, marks, sending
from portal.submissions.dry_run import View

ONLY_A_BUTTON = "This address belongs to a button and cannot be opened directly. Nothing was done."


class Submissions:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == 405 and request.method in {"GET", "HEAD"} and not _htmx(request):
            said = sending.refused(request, ONLY_A_BUTTON, _above(request.path_info), status=405)
            said["Allow"] = response.get("Allow", "")
            return said
        if hasattr(request, "kept") and isinstance(response, HttpResponse) and response.status_code == 200:
            drafts.fill(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.method == "GET" and request.user.is_authenticated and not _htmx(request):
            return drafts.restored(request)
        return _sent(request, view, args, kwargs) if request.method == "POST" else None


def _sent(request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponseBase | None:
    mark, person = marks.read(request), request.user.pk or 0
    for_people = not getattr(view, "access", "anyone").startswith("anyone")
    if mark is None:  # a program's request: every form of ours has a mark
        return sending.guarded(request, view, args, kwargs, mark)
    if for_people and mark.person and not person:
        return drafts.ended(request, mark)
    if for_people and mark.person != person:
        return sending.refused(request, sending.FOREIGN, mark.page, status=403)
    if mark.expired:
        return sending.shown_again(request, view, args, kwargs, mark, sending.EXPIRED)
    return sending.once(request, view, args, kwargs, mark)


def _above(path: str) -> str:
    """The nearest page above the address of a button."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with suppress(Resolver404):
            resolve(path)
            return path
    return path


def _htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
