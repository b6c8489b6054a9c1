"""What can be done to grants: asked for, decided and narrowed once, taken back, ended."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.grants import actions
from agents.grants.actions import Terms
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.agents import retire_agent, share_agent
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.grants import expire_grant, revoke_grant
from agents.permissions import ConnectionPermission, GrantPermission, Level
from portal.audit.models import Entry
from portal.people.models import Person
from tests import builders
from tests.cast import Cast

S = Grant.State
NEWS = Terms({"folder": {"only": ["News*"]}}, max_uses=10)


def soon(days: float = 7) -> datetime:
    return timezone.now() + timedelta(days=days)


def asked(cast: Cast, wanted: dict[str, Terms] | None = None, by: Person | None = None) -> GrantRequest:
    """Mia (or ``by``) asks for her agent on Ada's mailbox."""
    box = Connection.objects.filter(kind="mail").first() or builders.mail(cast.ada, cast.support)
    return actions.request(
        by or cast.mia,
        agent=builders.agent(cast.mia, cast.support, name=f"Agent {GrantRequest.objects.count()}"),
        connection=box,
        wanted=wanted or {"mail.read": Terms(), "mail.move": NEWS},
        ends_at=soon(),
        why="to sort the inbox",
    )


def grant_all(cast: Cast, request: GrantRequest, terms: Terms | None = None, **how: Any) -> GrantRequest:
    granted = {row.pk: terms or Terms(row.limits, row.max_uses) for row in request.grants.all()}
    return actions.decide(cast.ada, request, granted=granted, ends_at=how.pop("ends_at", soon(3)), **how)


def states(request: GrantRequest) -> dict[str, str]:
    return dict(request.grants.values_list("capability", "state"))


def test_a_request_waits_and_is_on_the_record(cast: Cast) -> None:
    request = asked(cast)
    assert set(states(request).values()) == {S.REQUESTED}
    assert not Grant.objects.live().exists()
    entry = Entry.objects.about(request).get()
    assert str(entry) == f"Mia Park requested access: {request}"
    assert entry.details["capabilities"] == ["mail.move", "mail.read"]


@pytest.mark.parametrize(
    ("wanted", "days", "words"),
    [
        ({}, 7, "at least one"),
        ({"mail.fly": Terms()}, 7, "no capability “mail.fly”"),
        ({"chat.post": Terms()}, 7, "no capability “chat.post”"),
        ({"mail.read": Terms()}, -1, "in the future"),
        ({"mail.read": Terms()}, 92, "days at most"),
        ({"mail.read": Terms(max_uses=0)}, 7, "at least 1"),
        ({"mail.read": Terms({"folder": {"only": ["x"]}})}, 7, "no argument"),
        ({"mail.read": Terms({"message": {"max": 3}})}, 7, "no number"),
    ],
)
def test_requests_that_cannot_be(cast: Cast, wanted: dict[str, Terms], days: float, words: str) -> None:
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    with pytest.raises(ValidationError, match=words):
        actions.request(cast.mia, agent=agent, connection=box, wanted=wanted, ends_at=soon(days), why="why")
    assert not GrantRequest.objects.exists()


def test_a_retired_agent_and_a_removed_connection_get_nothing(cast: Cast) -> None:
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    request = {"wanted": {"mail.read": Terms()}, "ends_at": soon(), "why": "why"}
    remove_connection(cast.ada, box)
    with pytest.raises(ValidationError, match="removed"):
        actions.request(cast.mia, agent=agent, connection=box, **request)  # type: ignore[arg-type]
    retire_agent(cast.mia, agent)
    with pytest.raises(ValidationError, match="retired"):
        actions.request(cast.mia, agent=agent, connection=box, **request)  # type: ignore[arg-type]


def test_a_decision_narrows_and_denies_the_rest(cast: Cast) -> None:
    request = asked(cast)
    move = request.grants.get(capability="mail.move")
    terms = Terms({"folder": {"only": ["Newsletters"]}}, max_uses=5, always_ask=True)
    ends_at = soon(2)
    actions.decide(cast.ada, request, granted={move.pk: terms}, ends_at=ends_at, note="only that")
    assert states(request) == {"mail.move": S.ACTIVE, "mail.read": S.DENIED}
    move.refresh_from_db()
    assert (move.limits, move.max_uses, move.always_ask, move.ends_at) == (
        {"folder": {"only": ["Newsletters"]}},
        5,
        True,
        ends_at,
    )
    assert (move.decided_by, move.note) == (cast.ada, "only that")
    assert [entry.event for entry in Entry.objects.about(move)] == ["grant.granted"]
    assert Entry.objects.about(request).last().details == {"granted": ["mail.move"], "denied": ["mail.read"]}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        (Terms({}, 10), 3),
        (Terms({"folder": {"only": ["*"]}}, 10), 3),
        (Terms({"folder": {"only": ["News*", "Old"]}}, 10), 3),
        (Terms({"folder": {"only": ["News*"]}}, 11), 3),
        (Terms({"folder": {"only": ["News*"]}}, None), 3),
        (Terms({"folder": {"only": ["News*"]}}, 10), 8),
        (Terms({"folder": {"only": ["News*"]}}, 10), -1),
    ],
)
def test_a_decision_never_widens(cast: Cast, terms: Terms, days: float) -> None:
    request = asked(cast, {"mail.move": NEWS, "mail.read": Terms()})
    with pytest.raises(ValidationError):
        grant_all(cast, request, terms, ends_at=soon(days))
    assert set(states(request).values()) == {S.REQUESTED}


def test_ask_each_time_stays_when_it_was_asked_for(cast: Cast) -> None:
    request = asked(cast, {"mail.move": Terms(always_ask=True)})
    assert grant_all(cast, request).grants.get().always_ask


def test_nobody_decides_their_own_request_but_on_their_own_connection(cast: Cast) -> None:
    request = asked(cast, by=cast.ada)
    share_agent(cast.mia, request.agent, reader=cast.ada, level=Level.MANAGER)
    assert not request.permits(cast.ada, GrantPermission.DECIDE)
    assert not GrantRequest.objects.to_decide_by(cast.ada).exists()
    with pytest.raises(ValidationError, match="requested this yourself"):
        grant_all(cast, request)
    request.connection = builders.own_mail(cast.ada)
    request.save()
    request.grants.update(connection=request.connection)
    assert request.permits(cast.ada, GrantPermission.DECIDE)
    assert list(GrantRequest.objects.to_decide_by(cast.ada)) == [request]


def test_who_decides_is_known(cast: Cast) -> None:
    request = asked(cast)
    assert list(request.deciders()) == [cast.ada]
    connections.give(cast.ada, request.connection, holder=cast.support, rights=[ConnectionPermission.GRANT])
    assert set(request.deciders()) == {cast.ada, cast.lea}
    assert all(request.permits(one, GrantPermission.DECIDE) for one in request.deciders())
    assert list(GrantRequest.objects.to_decide_by(cast.lea)) == [request]
    assert not GrantRequest.objects.to_decide_by(cast.mia).exists()


def test_a_grant_is_revoked_at_once_and_once(cast: Cast) -> None:
    grant = grant_all(cast, asked(cast), note="for the migration").grants.get(capability="mail.read")
    assert grant.live
    revoke_grant(cast.mia, grant)
    assert (grant.state, grant.note, grant.version, grant.over) == (S.REVOKED, "for the migration", 3, True)
    with pytest.raises(ValidationError, match="ended already"):
        revoke_grant(cast.mia, grant, why="again")
    assert str(Entry.objects.about(grant).last()) == f"Mia Park revoked {grant}"


def test_what_ends_soon(cast: Cast) -> None:
    grant = grant_all(cast, asked(cast, {"mail.read": Terms()})).grants.get()
    assert list(Grant.objects.ending_within(3)) == [grant]
    assert not Grant.objects.ending_within(2).exists()
    Grant.objects.update(ends_at=soon(-1))
    assert not Grant.objects.live().exists()
    assert not Grant.objects.ending_within(3).exists()
    assert list(Grant.objects.ended()) == [grant]
    expire_grant("Agent Portal", grant)
    assert grant.state == S.EXPIRED
