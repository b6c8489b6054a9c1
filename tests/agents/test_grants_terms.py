"""Terms of a grant: hours, second persons, whose words; what a decision may change of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from agents.connectors.chat.connector import POST
from agents.grants import actions
from agents.grants.models import Grant
from agents.grants.terms import Terms, as_asked, as_granted, fewer_hours, in_words
from agents.pages.grants.parts import CapabilityForm
from agents.policy.limits import ANY_WORDS
from agents.policy.rules import _in_hours
from tests import builders
from tests.cast import Cast, as_

ALWAYS, OUTSIDE = replace(POST, second_person="always"), replace(POST, second_person="outside")
HOURS = st.one_of(
    st.none(), st.tuples(st.integers(0, 23), st.integers(0, 24)).filter(lambda pair: pair[0] != pair[1])
)


ZONED = st.builds(
    Terms, hours=HOURS, zone=st.sampled_from(["UTC", "Europe/Berlin", "Africa/Lagos", "Asia/Kathmandu"])
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(ZONED, ZONED, MOMENTS)
def test_fewer_hours_hold_at_no_other_hour(new: Terms, old: Terms, now: datetime) -> None:
    if fewer_hours(new, old) and (new.hours is None or _in_hours(new.hours, new.zone, now)):
        assert old.hours is None or _in_hours(old.hours, old.zone, now)


@pytest.mark.parametrize("declared", [ALWAYS, OUTSIDE])
def test_who_asks_cannot_leave_out_the_second_person_and_who_decides_can(declared) -> None:
    for left_out in (Terms(), Terms(second_person=False)):
        assert as_asked(declared, left_out).second_person is True
    asked = as_asked(declared, Terms())
    assert as_granted(declared, Terms(), asked).second_person is True
    assert as_granted(declared, Terms(second_person=False), asked).second_person is False


def test_where_none_is_declared_a_decision_only_adds_one() -> None:
    assert as_asked(POST, Terms()).second_person is False
    asked = as_asked(POST, Terms(second_person=True, always_ask=True))
    granted = as_granted(POST, Terms(second_person=False), asked)
    assert (granted.second_person, granted.always_ask) == (True, True)
    assert as_granted(POST, Terms(second_person=True), as_asked(POST, Terms())).second_person is True


@pytest.mark.parametrize(
    ("wider", "asked"),
    [
        (Terms(hours=None), Terms(hours=(8, 18))),
        (Terms(hours=(7, 18)), Terms(hours=(8, 18))),
        (Terms(hours=(20, 6)), Terms(hours=(22, 6))),
        (Terms(hours=(8, 18), zone="Asia/Tokyo"), Terms(hours=(8, 18))),
        (Terms(max_uses=None), Terms(max_uses=3)),
        (Terms({"text": ANY_WORDS}), Terms()),
        (Terms({"to": {"only": ["@*.example.com"]}}), Terms({"to": {"only": ["@example.com"]}})),
    ],
)
def test_a_decision_never_widens(wider: Terms, asked: Terms) -> None:
    with pytest.raises(ValidationError, match="not widen"):
        as_granted(POST, wider, asked)


def test_terms_in_words(settings) -> None:
    said = in_words(POST, Terms(max_uses=3, hours=(22, 6), always_ask=True))
    assert said == ["only from 22:00 to 6:00 (UTC)", "3 times at most", "asks a person each time"]
    assert in_words(OUTSIDE, Terms(second_person=True)) == [
        "asks a second person where it leaves the company"
    ]


def test_the_form_says_what_counts_as_inside(settings) -> None:
    settings.COMPANY_DOMAINS = ("example.com", "example.org")
    part = CapabilityForm(None, OUTSIDE)
    second = part.fields["second_person"]
    assert second.disabled
    assert "example.com, example.org" in second.help_text
    settings.COMPANY_DOMAINS = ()
    assert (
        "every address counts as outside" in CapabilityForm(None, OUTSIDE).fields["second_person"].help_text
    )
    sent = CapabilityForm({"chat-post-wanted": "on"}, ALWAYS)
    assert sent.is_valid()
    assert sent.terms().second_person is True  # switched off in the browser, and on all the same


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [(8, 8), (-1, 5), (24, 3), (3, 25)])
def test_hours_that_are_none_are_refused(cast: Cast, hours: tuple[int, int]) -> None:
    agent, chat = builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)
    with pytest.raises(ValidationError, match="two different hours"):
        builders.grant(agent, chat, "chat.post", by=cast.ada, terms=Terms(hours=hours))


@pytest.mark.django_db
def test_terms_travel_from_the_form_to_the_grant_and_are_narrowed_there(cast: Cast) -> None:
    agent, chat = builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    form = {"until": until, "why": "to tell them", "chat-post-wanted": "on", "chat-post-words": "on"}
    form |= {"chat-post-limit_to": "@example.com", "chat-post-from_hour": "8", "chat-post-until_hour": "18"}
    url = f"{reverse('grants:new', args=[agent.pk])}?connection={chat.pk}"
    wrong = as_(cast.mia).post(url, form | {"chat-post-until_hour": ""})
    assert "two different hours" in wrong.content.decode()
    assert as_(cast.mia).post(url, form).status_code == 302
    grant = Grant.objects.get()
    assert grant.limits == {"to": {"only": ["@example.com"]}, "text": {"words": "any"}}
    assert (grant.hours, grant.second_person) == ((8, 18), False)
    page = as_(cast.ada).get(grant.request.get_absolute_url()).content.decode()
    assert "to only addresses at example.com; its own words as text" in page
    decision = reverse("grants:decision", args=[grant.request_id])
    decided = form | {"note": "", "answer": "grant", "chat-post-second_person": "on"}
    later = as_(cast.ada).post(decision, decided | {"chat-post-until_hour": "19"})
    assert "more hours than before" in later.content.decode()
    narrower = decided | {
        "chat-post-from_hour": "9",
        "chat-post-limit_to": cast.lea.email,
        "chat-post-words": "",
    }
    assert as_(cast.ada).post(decision, narrower).status_code == 302
    grant.refresh_from_db()
    assert grant.limits == {"to": {"only": [cast.lea.email]}}
    assert (grant.state, grant.hours, grant.second_person) == ("active", (9, 18), True)
    fact = grant.fact()
    assert (fact.hours, fact.second_person) == ((9, 18), True)
    page = as_(cast.mia).get(grant.get_absolute_url()).content.decode()
    assert "Only from 9:00 to 18:00" in page
    assert "; asks a second person each time" in page


@pytest.mark.django_db
def test_who_asked_in_their_own_words_is_not_given_more(cast: Cast) -> None:
    agent, chat = builders.agent(cast.mia, cast.support), builders.chat(cast.ada, cast.support)
    asked = actions.request(
        cast.mia, agent=agent, connection=chat, wanted={"chat.post": Terms()},
        ends_at=timezone.now() + timedelta(days=3), why="to tell them",
    )  # fmt: skip
    part = CapabilityForm(None, POST, asked=asked.grants.get())
    assert "words" not in part.fields
    with pytest.raises(ValidationError, match="not widen"):
        actions.decide(
            cast.ada, asked, granted={asked.grants.get().pk: Terms({"text": ANY_WORDS})},
            ends_at=timezone.now() + timedelta(days=2),
        )  # fmt: skip
