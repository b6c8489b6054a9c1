"""Requests and decisions in different zones: an untouched form gives what was asked, and hours keep their zone."""

import re
from datetime import timedelta
from itertools import permutations

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.grants.actions import request
from agents.grants.models import Grant
from agents.grants.terms import Terms
from agents.pages.grants.forms import DecisionForm
from agents.policy.facts import Verdict
from portal.days import end_of
from portal.people.models import Person
from tests import builders
from tests.agents.strategies import NOW
from tests.agents.test_policy import decided
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
ZONES = ("Pacific/Auckland", "Pacific/Honolulu", "Asia/Tokyo", "UTC")
LONGEST = 90


def lives_in(person: Person, zone: str) -> None:
    Person.objects.filter(pk=person.pk).update(time_zone=zone, zone_known=True)


def drawn(page: str) -> dict[str, str]:
    """What a browser would send of the decision's form if nobody touched it."""

    sent = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>", page):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        kind = re.search(r' type="(\w+)"', tag)
        ticked = " checked" in tag or not kind or kind[1] not in {"checkbox", "radio"}
        if name and ticked:
            sent[name[1]] = value[1] if value else ("on" if " checked" in tag else "")
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


@pytest.fixture
def place(cast: Cast):
    return builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)


@pytest.mark.parametrize(("mias", "adas"), list(permutations(ZONES, 2)))
@pytest.mark.parametrize("days", [0, LONGEST])
def test_an_untouched_decision_gives_what_was_asked(cast: Cast, place, mias: str, adas: str, days: int):
    agent, chat = place
    lives_in(cast.mia, mias)
    lives_in(cast.ada, adas)
    with timezone.override(mias):
        day = timezone.localdate() + timedelta(days=days)
        ends_at = end_of(day)
    form = {"until": day.isoformat(), "why": "to tell them", "chat-post-wanted": "on"}
    form |= {"chat-post-from_hour": "22", "chat-post-until_hour": "6"}
    asked = as_(cast.mia).post(f"{reverse('grants:new', args=[agent.pk])}?connection={chat.pk}", form)
    assert asked.status_code == 302, asked.text
    grant = Grant.objects.get()
    assert (grant.ends_at, grant.hours, grant.hours_zone) == (ends_at, (22, 6), mias)
    client = as_(cast.ada)
    page = client.get(grant.request.get_absolute_url()).text
    assert f"Of each day, {mias} time." in page
    assert f"The day ends at midnight, {adas} time." in page
    sent = drawn(page) | {"answer": "grant"}
    answer = client.post(reverse("grants:decision", args=[grant.request_id]), sent)
    assert answer.status_code == 302, answer.text
    grant.refresh_from_db()
    assert (grant.state, grant.ends_at, grant.hours, grant.hours_zone) == ("active", ends_at, (22, 6), mias)


def test_a_shorter_day_ends_where_the_decider_is(cast: Cast, place):
    agent, chat = place
    with timezone.override("Pacific/Auckland"):
        ends_at = end_of(timezone.localdate() + timedelta(days=10))
    wanted = {"chat.post": Terms()}
    asked = request(cast.mia, agent=agent, connection=chat, wanted=wanted, ends_at=ends_at, why="to tell")
    with timezone.override("Pacific/Honolulu"):
        day = timezone.localdate(ends_at) - timedelta(days=2)
        form = DecisionForm({"until": day.isoformat(), "chat-post-wanted": "on"}, asked)
        assert form.is_valid(), form.errors
        assert form.ends_at() == end_of(day)
        later = DecisionForm(
            {"until": (day + timedelta(days=3)).isoformat(), "chat-post-wanted": "on"}, asked
        )
        assert not later.is_valid()


def test_hours_of_another_zone_are_not_narrower(cast: Cast, place):
    agent, chat = place
    grant = builders.grant(agent, chat, "chat.post", by=cast.ada)
    Grant.objects.filter(pk=grant.pk).update(from_hour=8, until_hour=18, hours_zone="Asia/Tokyo")
    grant.refresh_from_db()
    assert grant.fact().zone == "Asia/Tokyo"
    assert "from 8:00 to 18:00 (Asia/Tokyo)" in as_(cast.mia).get(agent.get_absolute_url()).text


def test_who_asks_chooses_the_zone_of_the_hours(cast: Cast, place):
    agent, chat = place
    lives_in(cast.mia, "Asia/Tokyo")
    url = f"{reverse('grants:new', args=[agent.pk])}?connection={chat.pk}"
    assert '<option value="Asia/Tokyo" selected>' in as_(cast.mia).get(url).text
    form = {"until": (timezone.localdate() + timedelta(days=3)).isoformat(), "why": "to tell them"}
    form |= {"chat-post-wanted": "on", "chat-post-from_hour": "22", "chat-post-until_hour": "6"}
    assert as_(cast.mia).post(url, form | {"zone": "Mars/Base"}).status_code == 422
    assert as_(cast.mia).post(url, form | {"zone": "Europe/Berlin"}).status_code == 302
    grant = Grant.objects.get()
    assert (grant.hours, grant.hours_zone) == ((22, 6), "Europe/Berlin")


BERLIN = [(24, 15, True), (24, 16, False), (25, 16, True), (25, 17, False), (24, 5, False), (24, 6, True)]


@pytest.mark.parametrize(("day", "hour", "holds"), BERLIN)
def test_hours_move_with_daylight_saving(day: int, hour: int, holds: bool) -> None:
    """8 to 18 in Berlin: until 25 October 2026 that is 6 to 16 UTC, from then on 7 to 17."""
    now = NOW.replace(month=10, day=day, hour=hour, minute=59 if holds and hour > 6 else 0)
    decision = decided(grant={"hours": (8, 18), "zone": "Europe/Berlin"}, now=now)
    assert (decision.verdict is Verdict.ALLOW) is holds
    assert holds or decision.reasons[0].params == {"begins": 8, "ends": 18, "zone": "Europe/Berlin"}
