"""No address writes into a form: what stands in a form when it is sent counts as the person's own words.

Walked: every page of the doors' table, every name of its forms' fields and every name that it asks its address for.
"""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.urls import reverse

from tests.cast import Cast, as_
from tests.doors import DOORS
from tests.world import make_world

MARKER = "zqx7 written elsewhere"


class Told(QueryDict):
    """Tells which names were asked for."""

    asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().getlist(key, default)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that any view asked an address for, since this was last emptied."""
    monkeypatch.setattr(Told, "asked", set())
    told = property(lambda request: Told(request.META.get("QUERY_STRING", "")))
    monkeypatch.setattr(WSGIRequest, "GET", told)
    return Told.asked


def fields(html: str) -> list:
    page = BeautifulSoup(html, "html.parser")
    forms = [form for form in page.find_all("form") if form.get("method", "get").lower() == "post"]
    return [field for form in forms for field in form.find_all(["input", "textarea", "select"])]


def written(html: str) -> list[str]:
    if MARKER not in html:  # most pages: reading one takes longer than getting it
        return []
    return [
        field.get("name", "")
        for field in fields(html)
        if MARKER in field.get("value", "") or (field.name == "textarea" and MARKER in field.text)
    ]


def test_the_walk_would_find_it():
    assert written(f'<form method="post"><textarea name="why">{MARKER}</textarea></form>') == ["why"]
    assert written(f'<form method="POST"><input name="a" value="{MARKER}"></form>') == ["a"]


@pytest.mark.django_db
def test_no_address_writes_into_a_form(cast: Cast, asked: set[str]):
    """All names at once, then each that the page asks for, which may lead it to ask for more."""
    world, wrong, own, every = make_world(cast), [], set(), set()
    for name, (method, target, codes) in DOORS.items():
        if method != "GET":
            continue
        url = reverse(name, args=world.arguments(target))
        people = zip((None, *cast.everyone().values()), codes.split(), strict=True)
        may = [person for person, opens in people if opens == "+"]
        if not may:
            continue  # for a program with a token
        client = as_(may[0])
        asked.clear()
        answer = client.get(url)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        names = {field["name"] for field in fields(answer.content.decode()) if field.get("name")}
        own |= names
        sent: list[set[str]] = [names | asked]
        for together in sent:  # grows on the way
            html = client.get(url, dict.fromkeys(together, MARKER)).content.decode()
            wrong += [f"{url}?{'&'.join(together)} writes into {field}" for field in written(html)]
            sent += [{one} for one in sorted(asked) if {one} not in sent]
        every |= asked
    assert wrong == []
    assert len(own) > 80
    assert {"again", "example", "page", "person", "next"} <= every
