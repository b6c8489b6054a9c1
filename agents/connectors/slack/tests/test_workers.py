"""What arrived is worked on whatever happens: Slack away, a worker that died, one that breaks, a queue that is away."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from agents.connections.models import Connection
from agents.connectors.slack import sweeping
from agents.connectors.slack.arriving import mentions, work
from agents.connectors.slack.arriving.models import MOST_TRIES, Arrival
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage, Reply
from agents.connectors.slack.tests.answers import Answering
from agents.connectors.slack.tests.incoming import deliver, settle, time_passes
from agents.connectors.slack.tests.told import AWAY, LIMITED, REVOKED, link, mention, place, slack  # noqa: F401
from agents.hearing.wanted import wanted
from agents.queue.models import Task
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_work_goes_on_when_slack_is_back(cast: Cast, slack: Answering, place: Connection, link: Link) -> None:
    """The thread is read first: while that cannot be done, the task waits, whole."""
    builders.agent(cast.mia, cast.support)
    body = mention()
    body["event"]["thread_ts"] = "1.0"
    slack.next["auth.test"] = [LIMITED, REVOKED]
    slack.next["conversations.replies"] = [AWAY, AWAY, AWAY]
    assert deliver(place, body) == 200
    for _ in range(5):
        settle()
        time_passes()
    assert Task.objects.count() == 1
    assert Arrival.objects.get().done_at


def test_a_worker_that_died_in_the_middle_leaves_it_to_the_next(
    cast: Cast, slack: Answering, place: Connection, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.agent(cast.mia, cast.support)

    def dies(*args: Any, **given: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(mentions.speaking, "tell", dies)  # the last of the transaction
        assert deliver(place, mention()) == 200
        with pytest.raises(SystemExit):
            work.work(Arrival.objects.get().pk)
    assert not Task.objects.exists()
    time_passes()
    settle()
    assert Task.objects.count() == 1


def test_what_breaks_each_time_is_given_up_and_stops_nobody(
    cast: Cast, slack: Answering, place: Connection, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.agent(cast.mia, cast.support)
    with monkeypatch.context() as patched:
        patched.setattr(mentions, "mentioned", lambda *args: 1 / 0)
        assert deliver(place, mention()) == 200
        for _ in range(MOST_TRIES + 2):
            settle()
            time_passes()
    assert Arrival.objects.get().trouble == "given_up"
    assert Arrival.objects.get().body == {}
    assert deliver(place, mention()) == 200
    settle()
    assert Task.objects.count() == 1


def test_the_clock_finds_what_was_not_sent(
    cast: Cast, slack: Answering, place: Connection, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker that is away, a process that ended before it sent."""
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(sweeping, "send", lambda worker, pk: sent.append((worker, pk)))
    arrival = Arrival.objects.create(connection=place, key="Ev", body=mention())
    reply = Reply.objects.create(connection=place, key="r", channel="C1", text="x")
    row = AskMessage.objects.create(connection=place, key="a", channel="D1", link=link, ask=1)
    late = Reply.objects.create(
        connection=place, key="l", channel="C1", text="x", due_at=Now() + timedelta(hours=1)
    )
    sweeping.sweep()
    assert sent == [("slack.arrived", arrival.pk), ("slack.reply", reply.pk), ("slack.ask", row.pk)]
    assert late.pk not in {pk for _, pk in sent}


def test_the_clock_does_not_wait_for_a_queue_that_is_away(
    place: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def away(worker: str, pk: int) -> None:
        tried.append(pk)
        raise ConnectionError

    monkeypatch.setattr(sweeping, "send", away)
    for number in range(5):
        Reply.objects.create(connection=place, key=f"r{number}", channel="C1", text="x")
    sweeping.sweep()
    assert len(tried) == 1


def test_the_process_that_listens_has_an_ear_for_it(place: Connection) -> None:
    assert [one.connection for one in wanted()] == [place.pk]
    Connection.objects.update(state=Connection.State.REMOVED)
    assert wanted() == []
