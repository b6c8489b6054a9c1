"""Connections are tested by the clock: people hear when one breaks and when it works again, and schedules pause."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.connections import actions, health
from agents.connections.models import Connection
from agents.connectors.base import Checked, ConnectorError, Unavailable
from agents.connectors.mail.connector import Mail
from portal.audit.models import Entry
from portal.reasons import render_reason
from tests import builders
from tests.agents.scheduled import beat, made
from tests.cast import Cast, as_

AWAY, WRONG = Unavailable("The server is away."), ConnectorError("The password is wrong.")


def test_after_trouble_it_is_tested_sooner_and_never_all_at_once():
    waits = [health.until_next(failures, 0.5) / timedelta(minutes=1) for failures in range(6)]
    assert waits == [15, 2, 4, 8, 15, 15]
    assert health.until_next(0, 0) == timedelta(minutes=12)
    assert health.until_next(0, 1) == timedelta(minutes=18)
    assert health.until_next(10**6, 1) == timedelta(minutes=18)


def test_a_refusal_counts_at_once_and_a_system_that_is_away_when_it_stays_so():
    assert [health.broken(failures, passing=True) for failures in (0, 1, 2, 3)] == [False, False, False, True]
    assert [health.broken(failures, passing=False) for failures in (0, 1)] == [False, True]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What each test of a mailbox finds from now on."""
    said: list[Any] = [Checked("1 message")]

    def check(self: Mail, connection: Any) -> Checked:
        if isinstance(said[-1], Exception):
            raise said[-1]
        return said[-1]

    monkeypatch.setattr(Mail, "check", check)
    return said


def looked_at(box: Connection) -> Connection:
    Connection.objects.filter(pk=box.pk).update(check_at=timezone.now() - timedelta(seconds=1))
    health.beat()
    box.refresh_from_db()
    return box


def events() -> list[str]:
    names = ("connection.broke", "connection.recovered", "connection.tested")
    return list(Entry.objects.filter(event__in=names).order_by("id").values_list("event", flat=True))


@pytest.mark.django_db
def test_people_are_told_and_schedules_pause_until_one_click(cast: Cast, answers: list[Any]):
    agent, box = builders.triage(cast)
    schedule = made(agent, pairs=[("mail.list", box.pk)])
    answers.append(AWAY)
    for failures in (1, 2):
        assert (looked_at(box).failures, box.broken_at, box.check_ok) == (failures, None, False)
    assert looked_at(box).broken_at is not None
    beat(timezone.now())
    schedule.refresh_from_db()
    assert (schedule.state, schedule.cause["code"]) == ("paused", "schedule_place_broken")
    assert str(box) in render_reason(schedule.cause)
    assert "The server is away." in as_(cast.ada).get("/").text
    assert "The server is away." not in as_(cast.mia).get("/").text, "she does not look after it"
    refused = as_(cast.mia).post(f"/schedules/{schedule.pk}/resumption/", follow=True)
    assert "has not worked since" in refused.text
    answers.append(Checked("1 message", {"mail.read": "", "mail.draft": "the folder is read-only"}))
    assert (looked_at(box).broken_at, box.failures, box.check_note) == (None, 0, "1 message")
    assert "works again" in as_(cast.ada).get("/").text
    page = as_(cast.ada).get(box.get_absolute_url()).text
    assert "the folder is read-only" in page
    as_(cast.mia).post(f"/schedules/{schedule.pk}/resumption/")
    schedule.refresh_from_db()
    assert schedule.state == "on"
    assert events() == ["connection.broke", "connection.recovered"]


@pytest.mark.django_db
def test_a_refusal_breaks_it_at_once_also_by_hand_and_an_edit_begins_anew(cast: Cast, answers: list[Any]):
    box = builders.mail(cast.ada, cast.support)
    answers.append(WRONG)
    actions.test(cast.ada, box)
    assert box.broken_at is not None
    assert looked_at(box).failures == 2
    actions.edit(cast.ada, box, name=box.name, settings=box.settings)
    box.refresh_from_db()
    assert (box.broken_at, box.failures, box.check_rights) == (None, 0, {})
    assert events() == ["connection.broke", "connection.tested"]


@pytest.mark.django_db
def test_a_round_takes_each_once_leaves_removed_ones_and_survives_a_broken_one(
    cast: Cast, answers: list[Any], monkeypatch: pytest.MonkeyPatch
):
    first, second = (
        builders.mail(cast.ada, cast.support),
        builders.mail(cast.ada, cast.support, name="Second"),
    )
    gone = builders.mail(cast.ada, cast.support, name="Gone")
    Connection.objects.filter(pk=gone.pk).update(state="removed")
    looked: list[int] = []

    def look(connection: Connection) -> health.Found:
        looked.append(connection.pk)
        health.beat()  # another round begins while this one tests
        if connection.pk == first.pk:
            raise RuntimeError("broken")
        return health.Found(Checked("ok"), "ok")

    monkeypatch.setattr(health, "look", look)
    Connection.objects.update(check_at=timezone.now() - timedelta(hours=1))
    health.beat()
    assert sorted(looked) == [first.pk, second.pk]
    second.refresh_from_db()
    assert second.check_ok is True


@pytest.mark.django_db
def test_credentials_that_end_soon_are_told(cast: Cast, answers: list[Any]):
    box = builders.mail(cast.ada, cast.support)
    answers.append(Checked("1 message", ends_at=timezone.now() + timedelta(days=9)))
    looked_at(box)
    assert "credentials end soon" in as_(cast.ada).get("/").text
    assert "credentials end soon" not in as_(cast.mia).get("/").text
    answers.append(Checked("1 message", ends_at=timezone.now() + timedelta(days=90)))
    looked_at(box)
    assert "credentials end soon" not in as_(cast.ada).get("/").text
