"""Who decides is told what changed since the page was drawn: the agent that is granted to, the levels of a share."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.grants.actions import request
from agents.grants.models import Grant
from agents.grants.terms import Terms
from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.registry import actions as registry
from agents.registry.models import Agent, LiveYes
from tests import builders
from tests.cast import Cast, as_
from tests.forms import Form, on_page

pytestmark = pytest.mark.django_db


def form_of(person, page: str, name: str) -> Form:
    shown = on_page(as_(person).get(page).text, page, person)
    return next(form for form in shown if form.name == name and form.shown())


@pytest.fixture
def asked(cast: Cast):
    agent, chat = builders.agent(cast.mia, cast.support, live=False), builders.chat(cast.ada, cast.support)
    ends_at = timezone.now() + timedelta(days=7)
    return request(
        cast.mia, agent=agent, connection=chat, wanted={"chat.post": Terms()}, ends_at=ends_at, why="to tell"
    )


def decide(cast: Cast, form: Form, **more):
    return as_(cast.ada).post(form.action, {**form.drawn(), "answer": "grant", **more})


def test_a_yes_to_an_agent_that_is_for_something_else_now_is_asked_once_more(cast, asked):
    form = form_of(cast.ada, asked.get_absolute_url(), "grants:decision")
    registry.edit(cast.mia, asked.agent, purpose="Answers customers")
    answer = decide(cast, form, note="My long note")
    assert answer.status_code == 422
    assert "while you had it open" in answer.text
    assert "Purpose: “Sorts the shared mailbox” → “Answers customers”" in answer.text
    assert "My long note" in answer.text
    assert Grant.objects.get().state == "requested"
    again = next(
        one for one in on_page(answer.text, form.page, cast.ada) if one.name == form.name and one.shown()
    )
    assert decide(cast, again).status_code == 302
    assert Grant.objects.get().state == "active"


def test_a_yes_never_lets_act_for_real_who_was_not_asked(cast, asked):
    """The page offers a trial only where the agent is live elsewhere: it went live after the page was drawn."""
    form = form_of(cast.ada, asked.get_absolute_url(), "grants:decision")
    assert "trial" not in form.names
    elsewhere = builders.mail(cast.ada, cast.support)
    Agent.objects.filter(pk=asked.agent_id).update(mode="live", live_by=cast.ada, live_at=timezone.now())
    LiveYes.objects.create(agent=asked.agent, connection=elsewhere, by=cast.ada)
    answer = decide(cast, form)
    assert answer.status_code == 422
    assert "Acts for real elsewhere: “no” → “yes”" in answer.text
    assert 'name="trial"' in answer.text
    assert not LiveYes.objects.filter(connection=asked.connection).exists()


def test_a_no_and_an_unchanged_page_are_not_held_up(cast, asked):
    form = form_of(cast.ada, asked.get_absolute_url(), "grants:decision")
    assert decide(cast, form, answer="nothing").status_code == 302
    assert Grant.objects.get().state == "denied"


def test_sharing_once_more_takes_no_level_that_was_not_seen(cast):
    agent = builders.agent(cast.mia, cast.support)
    form = form_of(cast.mia, reverse("registry:shares", args=[agent.pk]), "registry:shares")
    sent = {**form.drawn(), "reader": [cast.finn.email], "level": ["viewer"]}
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    answer = as_(cast.mia).post(form.action, sent)
    assert answer.status_code == 422
    assert f"{cast.finn}: nothing → “Manager”" in answer.text
    assert cast.finn.has_perm("agents.manage_agent", agent)
