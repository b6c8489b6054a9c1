"""Work items at the gate: a done call brings them with it, and the systems are asked what became of them."""

import email
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from agents.connectors.base import ConnectorError, Item, Verification
from agents.gate import outcomes
from agents.grants.models import Grant
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.grants import revoke_grants
from agents.lifecycle.stops import lift_stop, set_stop
from agents.queue.models import Call
from agents.stops.models import Stop
from metering.outcomes import actions as items
from metering.outcomes.models import WorkItem
from portal.audit.models import Entry
from tests.agents.gated import Scene, here  # noqa: F401
from tests.agents.shadowed import in_shadow
from tests.cast import Cast
from tests.metering.outcomes import counted

pytestmark = pytest.mark.django_db


def drafted(scene: Scene) -> WorkItem:
    row = scene.call("mail.draft", to=["emi@example.org"], subject="Re: Hello", text="Sort the inbox")
    if row.state == Call.State.ASKED:
        pytest.fail(f"the scene asks: {row.reasons}")
    return WorkItem.objects.get()


def send(scene: Scene) -> None:
    place = Path(scene.box.settings["path"])
    draft = next((place / ".Drafts" / "cur").iterdir())
    letter = email.message_from_bytes(draft.read_bytes())
    letter.replace_header("Message-ID", "<new@example.com>")
    for part in ("cur", "new", "tmp"):
        (place / ".Sent" / part).mkdir(parents=True, exist_ok=True)
    name = f"{int(timezone.now().timestamp()) + 1}.M1.host:2,S"
    (place / ".Sent" / "cur" / name).write_bytes(letter.as_bytes())
    draft.unlink()


def look(after: timedelta = timedelta(hours=2)) -> int:
    WorkItem.objects.exclude(system_asked_at=None).update(system_asked_at=timezone.now() - after)
    return outcomes.verify_due()


def test_a_draft_is_a_work_item_that_counts_once_its_person_sent_it(here: Scene):
    item = drafted(here)
    assert (item.person, item.team, item.agent_id) == (here.cast.mia, here.cast.support, here.agent.pk)
    assert (item.source, item.task, item.name) == ("portal", str(here.task.pk), "Draft “Re: Hello”")
    assert (item.askable, item.by_hand, item.system_name) == (True, False, "Support mailbox")
    assert look() == 0
    assert counted(here.cast.mia) == 0
    send(here)
    assert look() == 1
    item.refresh_from_db()
    assert (counted(here.cast.mia), item.verified_by) == (1, None)
    assert Entry.objects.get(event="item.verified").actor_name == "Support mailbox"
    assert look() == 1
    assert Entry.objects.filter(event="item.verified").count() == 1, "once is enough"


def test_what_is_only_written_down_in_shadow_mode_brings_nothing(cast: Cast):
    row = in_shadow(cast).draft()
    assert row.state == Call.State.WOULD
    assert not WorkItem.objects.exists()


def test_the_portal_asks_only_where_the_agent_could_look_itself(here: Scene):
    drafted(here)
    send(here)
    stop = set_stop(here.cast.ada, scope=Stop.Scope.CONNECTION, connection=here.box, why="x")
    assert look() == 0
    lift_stop(here.cast.ada, stop)
    everything = set_stop(here.cast.ada, scope=Stop.Scope.EVERYTHING, why="x")
    assert look() == 0
    lift_stop(here.cast.ada, everything)
    live = Grant.objects.filter(connection=here.box)
    revoke_grants(here.cast.ada, here.box, grants=live)
    assert look() == 0
    assert WorkItem.objects.get().system_asked_at is not None, "it keeps nobody else from their turn"
    assert counted(here.cast.mia) == 0


def test_a_removed_connection_is_asked_nothing(here: Scene):
    drafted(here)
    send(here)
    remove_connection(here.cast.ada, here.box)
    assert look() == 0


def test_each_is_asked_in_its_turn_and_a_round_is_bounded(here: Scene, monkeypatch):
    asked = numbered(here, monkeypatch, 5)
    monkeypatch.setattr(outcomes, "AT_MOST", 2)
    for expected in (2, 4, 5):
        outcomes.verify_due()
        assert len(asked) == expected
    assert outcomes.verify_due() == 0, "they were asked a moment ago"
    assert sorted(set(asked)) == sorted(asked)
    WorkItem.objects.update(claimed_at=timezone.now() - outcomes.RECENT, system_asked_at=None)
    outcomes.verify_due()
    assert len(asked) == 5, "what nobody used by then was good for nothing"


def test_a_place_that_is_down_is_left_for_the_next_round_and_one_bad_item_hides_no_other(
    here: Scene,
    monkeypatch,
):
    said: dict[str, Verification | Exception] = {
        "item-1": RuntimeError("odd"),
        "item-2": Verification(_now()),
    }
    asked = numbered(here, monkeypatch, 3, said)
    assert outcomes.verify_due() == 1
    assert len(asked) == 3
    connector = here.box.connector
    monkeypatch.setattr(
        type(connector), "check", lambda self, connection: (_ for _ in ()).throw(ConnectorError("gone"))
    )
    said["item-0"] = RuntimeError("gone")
    asked.clear()
    assert look() == 0
    assert len(asked) == 1


def test_what_the_system_says_was_undone_soon_is_void(here: Scene, monkeypatch):
    said: dict[str, Verification | Exception] = {"item-0": Verification(_now(), by=here.cast.lea.email)}
    numbered(here, monkeypatch, 1, said)
    assert (outcomes.verify_due(), counted(here.cast.mia)) == (1, 1)
    said["item-0"] = Verification(_now(), reversed_at=timezone.now(), note="rolled back")
    assert (look(), counted(here.cast.mia)) == (1, 0)
    item = WorkItem.objects.get()
    assert (item.voided, item.reversal_note) == (True, "rolled back")
    assert look() == 0, "it is over"


def test_that_it_was_undone_earlier_than_was_told_is_news(here: Scene, monkeypatch):
    then = _now() - timedelta(days=31)
    said: dict[str, Verification | Exception] = {"item-0": Verification(then)}
    numbered(here, monkeypatch, 1, said)
    WorkItem.objects.update(began_at=then)
    assert outcomes.verify_due() == 1
    items.reverse(here.cast.mia, WorkItem.objects.get())
    assert (look(), counted(here.cast.mia)) == (1, 1)
    said["item-0"] = Verification(then, reversed_at=then + timedelta(days=2))
    assert (look(), counted(here.cast.mia)) == (1, 0)


def test_a_word_that_cannot_be_is_refused_and_not_repeated_as_true(here: Scene, monkeypatch):
    numbered(here, monkeypatch, 1, {"item-0": Verification(_now() - timedelta(days=9))})
    assert (outcomes.verify_due(), counted(here.cast.mia)) == (0, 0)


def test_a_connector_that_cannot_name_what_a_call_brought_does_not_break_the_call(
    here: Scene, monkeypatch, caplog
):
    for broken in (
        lambda self, context, result: 1 / 0,
        lambda self, context, result: (Item("--"), Item("x" * 300)),
    ):
        monkeypatch.setattr(type(here.box.connector), "items", broken)
        assert here.call("mail.list").state == Call.State.DONE
    assert not WorkItem.objects.exists()
    assert "names a work item that is none: The" in caplog.text


def _now() -> datetime:
    return timezone.now()


def numbered(here: Scene, monkeypatch, number: int, said: dict | None = None) -> list[str]:
    """A call that brought so many items, and the list of those that were asked about since."""
    kind = type(here.box.connector)
    brought = tuple(Item(f"item-{n}", f"Item {n}") for n in range(number))
    monkeypatch.setattr(kind, "items", lambda self, context, result: brought)
    here.call("mail.list")
    asked: list[str] = []

    def verified(self, connection, external_id):
        asked.append(external_id)
        answer = (said or {}).get(external_id)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(kind, "verified", verified)
    assert WorkItem.objects.count() == number
    return asked
