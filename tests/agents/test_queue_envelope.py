"""What a task may use, as its form shows it: ticked from the words or as the ready-made agent begins, and edited."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.lifecycle.grants import revoke_grant
from agents.queue import actions
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.registry.ready import every
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
WORDS = "Read the newest messages and tell me what they are about."


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.triage(cast)[0]


def shown(cast: Cast, agent: Agent, **query: str | list[str]) -> BeautifulSoup:
    url = reverse("queue:plan", args=[agent.pk])
    answer = as_(cast.mia).post(url, query, headers={"HX-Request": "true"})
    return BeautifulSoup(answer.content, "html.parser")


def ticked(page: BeautifulSoup) -> set[str]:
    return {str(one["value"]).partition("@")[0] for one in page.select("input[name=envelope][checked]")}


def boxes(page: BeautifulSoup) -> dict[str, str]:
    return {str(one["value"]).partition("@")[0]: str(one["value"]) for one in page.select("[name=envelope]")}


def queue(cast: Cast, agent: Agent, page: BeautifulSoup, envelope: list[str], **more: str | list[str]) -> int:
    stamp = page.select_one("input[name=made_for]")
    assert stamp is not None
    sent = {"instruction": WORDS, "envelope": envelope, "made_for": str(stamp["value"]), **more}
    return as_(cast.mia).post(reverse("queue:new", args=[agent.pk]), sent).status_code


def test_it_is_ticked_from_the_words_alone(cast: Cast, agent: Agent) -> None:
    page = shown(cast, agent, instruction=WORDS)
    assert "mail.read" in ticked(page)
    assert not ticked(page) & {"mail.label", "mail.draft"}
    assert "Ticked to match what you wrote" in page.text
    group = page.select_one(".needs [role=group]")
    assert group is not None
    assert group["aria-label"] == "Support mailbox"


def test_a_ready_made_agent_begins_with_its_own_whatever_the_words(cast: Cast, agent: Agent) -> None:
    ready = every()[0]
    Agent.objects.filter(pk=agent.pk).update(ready_made=ready.key)
    page = shown(cast, agent, instruction=WORDS)
    assert ticked(page) == ready.envelope & set(boxes(page))
    assert "Untick what this task does not need." in page.text
    agent.refresh_from_db()
    task = actions.queue(cast.mia, agent, instruction=WORDS)  # as whatever queues without a form does
    assert {name for name, _ in task.envelope or []} == ticked(page)


def test_what_is_ticked_by_hand_is_what_the_task_gets(cast: Cast, agent: Agent) -> None:
    page = shown(cast, agent, instruction=WORDS)
    chosen = [boxes(page)["mail.list"], boxes(page)["mail.label"]]
    assert queue(cast, agent, page, chosen, attended="ask") == 302
    task = Task.objects.get()
    assert sorted(f"{name}@{place}" for name, place in task.envelope or []) == sorted(chosen)
    assert task.attended


def test_nothing_ticked_is_nothing_allowed(cast: Cast, agent: Agent) -> None:
    assert queue(cast, agent, shown(cast, agent, instruction=WORDS), []) == 302
    assert Task.objects.get().envelope == []


@pytest.mark.parametrize(
    "odd", ["mail.read@999999", "mail.send@1", "mail.read", "@", "mail.read@" + "9" * 40]
)
def test_what_the_agent_does_not_hold_is_not_given(cast: Cast, agent: Agent, odd: str) -> None:
    assert queue(cast, agent, shown(cast, agent, instruction=WORDS), [odd]) == 422
    assert not Task.objects.exists()


def test_a_grant_that_ended_while_the_form_was_open_is_said(cast: Cast, agent: Agent) -> None:
    page = shown(cast, agent, instruction=WORDS)
    gone = revoke_grant(cast.ada, agent.grants.get(capability="mail.read"))
    assert queue(cast, agent, page, list(ticked_values(page))) == 422
    assert not Task.objects.exists()
    with pytest.raises(ValidationError, match="may not use a part of this in your tasks"):
        actions.queue(cast.mia, agent, instruction=WORDS, envelope=[("mail.read", gone.connection_id)])


def ticked_values(page: BeautifulSoup) -> set[str]:
    return {str(one["value"]) for one in page.select("input[name=envelope][checked]")}


def test_what_was_changed_by_hand_stays_when_the_words_change(cast: Cast, agent: Agent) -> None:
    """Ticked by hand stays ticked, taken away stays away; what the new words need as well is ticked."""
    page = shown(cast, agent, instruction=WORDS)
    key = boxes(page)
    planned = [str(one["value"]) for one in page.select("input[name=planned]")]
    assert set(planned) == ticked_values(page)
    by_hand = [one for one in planned if one != key["mail.read"]] + [key["mail.move"]]
    words = f"{WORDS} Write a draft of an answer to each."
    page = shown(cast, agent, instruction=words, planned=planned, envelope=by_hand)
    assert {"mail.move", "mail.draft", "mail.list"} <= ticked(page)
    assert "mail.read" not in ticked(page)
    assert queue(cast, agent, page, by_hand, instruction=words, planned=planned, made_for="others") == 200
    assert not Task.objects.exists()
