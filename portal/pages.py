"""One template, whole or in part: the server sends ``page.html#part`` when htmx asks for that part."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

PER_PAGE = 25
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str = "", status: int = 200
) -> HttpResponse:
    """Render ``template``; for an htmx request that targets ``part``'s element (same id) only that partial."""
    htmx = request.htmx  # type: ignore[attr-defined]
    wanted = part and htmx and not htmx.boosted and not htmx.history_restore_request
    response = render(request, f"{template}#{part}" if wanted else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def paged(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int = PER_PAGE) -> Page[Any]:
    """The page of ``rows`` that ``?page=`` names; a page that is not there is the nearest that is."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
