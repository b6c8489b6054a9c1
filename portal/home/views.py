"""The start page: what needs the reader. Each app brings its parts; who the reader is decides which."""

from datetime import datetime
from operator import attrgetter

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string

from portal.access import PersonRequest, signed_in
from portal.home.parts import Part
from portal.pages import page


@signed_in
def index(request: PersonRequest) -> HttpResponse:
    brought = [part for name in settings.HOME_PARTS for part in import_string(name)(request)]
    parts: list[Part] = sorted(brought, key=attrgetter("order"))
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
