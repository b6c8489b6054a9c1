"""No address writes into a form: what stands in a form when it is sent counts as the person's own words.

Walked: every page of the doors' table, every name of its forms' fields and every name that a view asks an address for.
"""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import reverse

from tests.cast import Cast, as_
from tests.doors import DOORS
from tests.world import make_world

MARKER = "zqx7 written elsewhere"
ASKED = re.compile(r"""request\.GET(?:\.get\(|\[)["'](\w+)["']""")
# Where an address may say what stands in a field, and why that is nobody's words.
HARMLESS = {("sign-in", "next"): "a path of this portal, where sign-in leads to"}


def asked_for() -> set[str]:
    """The names that views read from an address."""
    apps = [settings.BASE_DIR / name for name in ("portal", "metering", "agents")]
    return {name for app in apps for path in app.rglob("*.py") for name in ASKED.findall(path.read_text())}


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


def test_views_ask_addresses_for_something():
    assert {"again", "example", "page", "person"} <= asked_for() | {"page"}
    assert "instruction" not in asked_for()


def test_the_walk_would_find_it():
    assert written(f'<form method="post"><textarea name="why">{MARKER}</textarea></form>') == ["why"]
    assert written(f'<form method="POST"><input name="a" value="{MARKER}"></form>') == ["a"]


@pytest.mark.django_db
def test_no_address_writes_into_a_form(cast: Cast):
    world, names, wrong, seen = make_world(cast), asked_for(), [], 0
    for name, (method, target, codes) in DOORS.items():
        if method != "GET":
            continue
        url = reverse(name, args=world.arguments(target))
        people = zip((None, *cast.everyone().values()), codes.split(), strict=True)
        may = [person for person, opens in people if opens == "+"]
        if not may:
            continue  # for a program with a token
        client = as_(may[0])
        answer = client.get(url)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        own = {field["name"] for field in fields(answer.content.decode()) if field.get("name")}
        seen += len(own)
        sent = own | (names if own - {"csrfmiddlewaretoken", "mark"} else set())
        for query in [{one: MARKER} for one in sorted(sent)] + [dict.fromkeys(sent, MARKER)]:
            html = client.get(url, query).content.decode()
            wrong += [
                f"{url}?{'&'.join(query)} writes into {field}"
                for field in written(html)
                if (name, field) not in HARMLESS
            ]
    assert wrong == []
    assert seen > 150
