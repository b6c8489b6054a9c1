"""The line in the rail, and on the start page the dreams that wait for their person."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from agents.connectors.memory.queries import dreamt
from portal.parts import HomePart, Link
from portal.people.models import Person


def links(request: HttpRequest) -> Iterator[Link]:
    yield Link("Memory", reverse("memory:list"), "bookmark-square", 45)


def home_parts(request: HttpRequest) -> Iterator[HomePart]:
    person: Person = request.user  # type: ignore[assignment]
    if dreams := list(dreamt(person)):
        yield HomePart("memory/_dreams.html", {"dreams": dreams}, order=8, count=len(dreams))
