"""Every POST form carries its marks: walked over all templates, and read back from what a page holds."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse

from portal.submissions import marks
from tests.cast import as_

FOLDERS = ("templates", "portal", "metering", "agents")
TEMPLATES = sorted(path for folder in FOLDERS for path in (settings.BASE_DIR / folder).rglob("*.html"))
POSTS = re.compile(
    r"<form\b(?:[^>{]|\{[^%{]|\{\{.*?\}\}|\{%.*?%\})*>\s*(?:<h2>[^<]*</h2>\s*)?(\{% marks[^%]*%\})?", re.S
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_every_post_form_begins_with_its_marks(path: Path):
    source = path.read_text()
    assert "{% csrf_token %}" not in source, "{% marks %} brings the token and the mark"
    forms = [form for form in POSTS.finditer(source) if re.search(r'method="post"', form[0], re.I)]
    assert len(forms) == len(re.findall(r'method="post"', source, re.I))
    assert [form[0] for form in forms if not form[1]] == []


def posted(person, text):
    request = RequestFactory().post("/", {"mark": text})
    request.user = person
    return marks.read(request)


def test_a_mark_names_its_form_its_person_and_its_page(mia):
    page = as_(mia).get(reverse("people:profile") + "?a=1").content.decode()
    found = [posted(mia, text) for text in re.findall(r'name="mark" value="([^"]+)"', page)]
    assert {mark.person for mark in found} == {mia.pk}
    assert {mark.page for mark in found} == {reverse("people:profile") + "?a=1"}
    assert len({mark.nonce for mark in found}) == len(found) >= 3


def test_a_mark_that_was_made_up_is_none(mia):
    assert posted(mia, "") is None
    assert posted(mia, "WyJhIiwxLCIvIl0:1abc:def") is None


@pytest.mark.parametrize("page", ["//elsewhere.example/x", "/\\elsewhere.example/x"])
def test_a_mark_leads_to_no_other_host(mia, page):
    request = RequestFactory().get("/")
    request.user, request.path = mia, page
    request.get_full_path = lambda: page
    assert posted(mia, marks.make(request)).page == "/"
