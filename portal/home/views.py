"""The start page: what needs the reader. Each app brings its parts; who the reader is decides which."""

from datetime import datetime
from operator import attrgetter

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from portal import plugins
from portal.access import PersonRequest, signed_in
from portal.pages import page
from portal.parts import HomePart


@signed_in
def index(request: PersonRequest) -> HttpResponse:
    brought = [part for plugin in plugins.installed() for part in plugin.home_parts(request)]
    parts: list[HomePart] = sorted(brought, key=attrgetter("order"))
    drawn = [(part.column, render_to_string(part.template, part.context, request)) for part in parts]
    context = {
        "greeting": greeting(timezone.localtime()),
        "main": [html for column, html in drawn if column == "main"],
        "aside": [html for column, html in drawn if column == "aside"],
        "waiting": sum(part.count for part in parts),
    }
    return page(request, "portal/home/index.html", context, part="parts")


def greeting(now: datetime) -> str:
    """By the reader's clock; at night nobody is wished a good morning."""
    if 5 <= now.hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= now.hour < 18 else "Good evening"
