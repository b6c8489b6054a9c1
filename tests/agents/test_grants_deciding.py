"""Deciding in the browser: the inbox, the page that asks, what each answer does."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.grants import actions
from agents.grants.actions import Terms
from agents.grants.models import Grant, GrantRequest
from tests import builders
from tests.cast import Cast, as_

S = Grant.State


@pytest.fixture
def request_(cast: Cast) -> GrantRequest:
    """Mia asks for two capabilities for a week."""
    return actions.request(
        cast.mia,
        agent=builders.agent(cast.mia, cast.support),
        connection=builders.mail(cast.ada, cast.support),
        wanted={"mail.read": Terms(), "mail.move": Terms({"folder": {"only": ["News*"]}}, max_uses=10)},
        ends_at=timezone.now() + timedelta(days=7),
        why="to sort the inbox",
    )


def decide(request_: GrantRequest, who: Any, **changes: str) -> Any:
    """The form as it comes, sent with ``changes``."""
    sent = {
        "mail-read-wanted": "on",
        "mail-move-wanted": "on",
        "mail-move-limit_folder": "News*",
        "mail-move-uses": "10",
        "until": timezone.localdate(request_.grants.all()[0].ends_at).isoformat(),
        "note": "",
        "answer": "grant",
        **changes,
    }
    url = reverse("grants:decision", args=[request_.pk])
    return as_(who).post(url, {name: value for name, value in sent.items() if value != "-"})


def states(request_: GrantRequest) -> dict[str, str]:
    return dict(request_.grants.values_list("capability", "state"))


def test_who_decides_finds_it_in_their_inbox(cast: Cast, request_: GrantRequest) -> None:
    inbox = reverse("grants:inbox")
    assert "Waiting for your decision" in as_(cast.ada).get(inbox).content.decode()
    page = as_(cast.mia).get(inbox).content.decode()
    assert "Your requests, not decided yet" in page
    assert "Waiting for your decision" not in page


def test_the_page_asks_who_may_decide_and_tells_the_others(cast: Cast, request_: GrantRequest) -> None:
    url = request_.get_absolute_url()
    page = as_(cast.ada).get(url).content.decode()
    for words in ("Let Inbox triage use Support mailbox?", "to sort the inbox", "At worst,", "Decline"):
        assert words in page
    own = as_(cast.mia).get(url).content.decode()
    assert "Decline" not in own
    assert "Withdraw this request" in own
    assert "Ada Osei" in own
    assert "Withdraw this request" not in as_(cast.lea).get(url).content.decode()
    assert as_(cast.olga).get(url).status_code == 404


def test_granting_it_as_it_was_asked_for(cast: Cast, request_: GrantRequest) -> None:
    assert decide(request_, cast.ada).status_code == 302
    assert set(states(request_).values()) == {S.ACTIVE}
    move = request_.grants.get(capability="mail.move")
    assert (move.limits, move.max_uses) == ({"folder": {"only": ["News*"]}}, 10)


def test_granting_less(cast: Cast, request_: GrantRequest) -> None:
    less = {"mail-read-wanted": "-", "mail-move-limit_folder": "Newsletters", "mail-move-always_ask": "on"}
    decide(request_, cast.ada, **less, note="that folder", until=timezone.localdate().isoformat())
    assert states(request_) == {"mail.read": S.DENIED, "mail.move": S.ACTIVE}
    move = request_.grants.get(capability="mail.move")
    assert (move.limits, move.always_ask) == ({"folder": {"only": ["Newsletters"]}}, True)
    page = as_(cast.mia).get(request_.get_absolute_url()).content.decode()
    assert "that folder" in page


def test_granting_nothing_needs_nothing_else_to_be_right(cast: Cast, request_: GrantRequest) -> None:
    decide(request_, cast.ada, answer="nothing", until="x", **{"mail-move-uses": "99"}, note="not now")
    assert set(states(request_).values()) == {S.DENIED}
    assert request_.grants.all()[0].note == "not now"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mail-move-limit_folder": "*"}, "Wider than what was asked for: News*"),
        ({"mail-move-limit_folder": ""}, "Wider than what was asked for: News*"),
        ({"mail-move-uses": "11"}, "At most the 10 that were asked for"),
        ({"mail-move-uses": ""}, "At most the 10 that were asked for"),
        ({"until": "2099-01-01"}, "can shorten what was requested, not lengthen it"),
        ({"mail-read-wanted": "-", "mail-move-wanted": "-"}, "or decline"),
        ({"note": "x" * 501, "answer": "nothing"}, "at most 500 characters"),
    ],
)
def test_a_decision_that_widens_is_said_next_to_the_field(
    cast: Cast, request_: GrantRequest, changes: dict[str, str], words: str
) -> None:
    answer = decide(request_, cast.ada, **changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert set(states(request_).values()) == {S.REQUESTED}


def test_who_asked_cannot_decide(cast: Cast, request_: GrantRequest) -> None:
    answers = [decide(request_, who).status_code for who in (cast.mia, cast.lea, cast.olga)]
    assert answers == [403, 403, 404]
    assert set(states(request_).values()) == {S.REQUESTED}


def test_the_second_to_decide_is_told(cast: Cast, request_: GrantRequest) -> None:
    decide(request_, cast.ada, answer="nothing")
    again = as_(cast.ada).post(
        reverse("grants:decision", args=[request_.pk]), {"answer": "grant"}, follow=True
    )
    assert "Your decision was not saved" in again.content.decode()
    assert set(states(request_).values()) == {S.DENIED}


def test_a_request_is_withdrawn_once(cast: Cast, request_: GrantRequest) -> None:
    url = reverse("grants:withdrawal", args=[request_.pk])
    assert [as_(who).post(url).status_code for who in (cast.ada, cast.lea, cast.olga)] == [403, 403, 404]
    assert "Request withdrawn" in as_(cast.mia).post(url, follow=True).content.decode()
    assert set(states(request_).values()) == {S.WITHDRAWN}
    assert "decided already" in as_(cast.mia).post(url, follow=True).content.decode()


def test_a_request_whose_end_has_passed_cannot_be_granted_but_closed(
    cast: Cast, request_: GrantRequest
) -> None:
    Grant.objects.update(ends_at=timezone.now() - timedelta(days=1))
    assert decide(request_, cast.ada).status_code == 422
    assert decide(request_, cast.ada, answer="nothing").status_code == 302


def test_the_button_says_what_it_will_do(cast: Cast, request_: GrantRequest) -> None:
    fields = {"mail-read-wanted": "on", "until": timezone.localdate().isoformat()}
    part = as_(cast.ada).post(request_.get_absolute_url(), fields, HTTP_HX_REQUEST="true").content.decode()
    assert "Grant this one capability until" in part
    assert "<html" not in part


def test_nobody_to_decide_is_said(cast: Cast) -> None:
    asked = actions.request(
        cast.ada,
        agent=builders.agent(cast.mia, cast.support),
        connection=builders.mail(cast.ada, cast.support),
        wanted={"mail.read": Terms()},
        ends_at=timezone.now() + timedelta(days=7),
        why="why",
    )
    page = as_(cast.mia).get(asked.get_absolute_url()).content.decode()
    assert "Ada Osei is the only admin of Support mailbox" in page
