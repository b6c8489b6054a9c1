"""Pages for what went wrong: they say why, and who or what can change it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

from portal.submissions import drafts, marks


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: ``Refused`` carries a reason a person can act on."""
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what is not there, and what the person may not see, look the same."""
    return render(request, "404.html", status=404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(loader.render_to_string("400.html"), status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """500: drawn without the database and without the request, either of which may be the trouble."""
    return HttpResponse(loader.render_to_string("500.html"), status=500)


def stale_form(request: HttpRequest, reason: str = "", **kwargs: Any) -> HttpResponse:
    """A form whose token did not fit: mostly one left open over a sign-out. Its own person gets it back as it was."""
    mark = marks.read(request)
    if mark is not None and mark.person and (back := drafts.stale(request, mark)) is not None:
        return back
    context = {"stale_form": True, "back": mark.page if mark else "", "typed": drafts.typed(request)}
    return render(request, "403.html", context, status=403)
