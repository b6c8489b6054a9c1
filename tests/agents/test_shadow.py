"""Shadow mode with a real Maildir: what would have been done is written down, what people do is seen beside it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from agents import workers
from agents.connections.models import Connection
from agents.connectors.mail.folders import ensure_folder
from agents.gate import shadow_observer
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.pages.registry import shadow_record
from agents.queue.models import Call
from agents.registry import actions as registry
from agents.stops.models import Stop
from portal import plugins
from tests.agents.gated import Scene, strange
from tests.agents.shadowed import box, end, in_shadow, look, seen
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast: Cast) -> Scene:
    return in_shadow(cast)


def flagged(here: Scene, flags: str) -> None:
    """A person's mail program marks the message."""
    message = box(here).find(here.message())
    os.rename(message.path, message.place / "cur" / f"{message.id}:2,{flags}")


def answer(here: Scene, folder: str, *extra: str) -> None:
    mailbox = box(here)
    original = mailbox.find(here.message())
    text = original.path.read_text()
    original.path.write_text(f"Message-ID: <first@example.org>\n{text}")
    lines = "\n".join(["To: customer@example.org", "In-Reply-To:\n <first@example.org>", *extra])
    place = ensure_folder(mailbox.root, folder) / "cur"
    (place / f"{int(timezone.now().timestamp())}.mine.here:2,S").write_text(f"{lines}\n\nHi")


def test_nobody_does_anything_the_same_or_something_else(here: Scene):
    row = here.call("mail.label", message=here.message(), label="Invoices")
    assert row.state == Call.State.WOULD
    assert box(here).labels(box(here).find(here.message())) == []
    assert seen(row) == ("It has no label.", None, "nothing yet")
    assert look(here) == 1
    assert seen(row) == ("It has no label.", None, "nothing yet")
    box(here).label(here.message(), "Other")
    look(here)
    assert seen(row) == ("It is labelled “Other”.", False, "different")
    box(here).label(here.message(), "invoices")
    look(here)
    assert seen(row) == ("It is labelled “Other” and “invoices”.", True, "the same")


def test_what_was_so_before_is_nobodys_agreement(here: Scene):
    box(here).label(here.message(), "Invoices")
    same = here.call("mail.label", message=here.message(), label="Invoices")
    other = here.call("mail.label", message=here.message(), label="Alerts")
    look(here)
    assert seen(same)[1:] == (None, "was so before")
    assert seen(other)[1:] == (None, "nothing yet"), "an old label is nobody's answer"


def test_a_message_that_was_moved_answered_or_is_gone(here: Scene):
    message = here.message()
    move = here.call("mail.move", message=message, folder="Clients.Acme")
    draft = here.call(
        "mail.draft", in_reply_to=message, to=["customer@example.org"], subject="Re", text="Yes"
    )
    look(here)
    assert seen(move)[:2] == ("It is in the inbox.", None)
    assert seen(draft)[:2] == ("Nobody has answered it.", None)
    box(here).move(message, "Archive")
    look(here)
    assert seen(move)[:2] == ("It is in the folder “Archive”.", False)
    box(here).move(message, "Clients.Acme")
    look(here)
    assert seen(move)[1:] == (True, "the same")
    box(here).find(message).path.unlink()
    look(here)
    assert seen(move)[:2] == seen(draft)[:2] == ("It is gone from the mailbox.", False)


@pytest.mark.parametrize(
    ("folder", "extra", "same"),
    [
        ("Drafts", [], True),
        ("Sent", [], True),
        ("Drafts", ["X-Portal-Errand: of-an-agent"], None),
        ("Other", [], None),
    ],
)
def test_an_answer_beside_it_is_a_persons_and_in_its_place(here: Scene, folder: str, extra: list[str], same):
    row = here.call(
        "mail.draft", in_reply_to=here.message(), to=["customer@example.org"], subject="Re", text="Yes"
    )
    answer(here, folder, *extra)
    look(here)
    assert seen(row)[1] is same


def test_an_answered_mark_counts_and_looking_changes_nothing(here: Scene):
    row = here.call(
        "mail.draft", in_reply_to=here.message(), to=["customer@example.org"], subject="Re", text="Yes"
    )
    flagged(here, "RS")
    root = Path(here.box.settings["path"])
    before = sorted((str(path), path.stat().st_mtime_ns) for path in root.rglob("*"))
    look(here)
    assert seen(row) == ("It was answered.", True, "the same")
    assert sorted((str(path), path.stat().st_mtime_ns) for path in root.rglob("*")) == before


def test_what_an_agent_did_since_is_no_persons_hand(here: Scene, cast: Cast):
    row = here.call("mail.label", message=here.message(), label="Invoices")
    registry.go_live(cast.ada, here.agent)
    assert here.call("mail.label", message=here.message(), label="Invoices").state == Call.State.DONE
    look(here)
    assert seen(row)[1:] == (None, "an agent did it since")


def test_what_cannot_be_told_is_said_and_counted_apart(here: Scene):
    row = here.post()
    assert row.state == Call.State.WOULD
    look(here)
    row.refresh_from_db()
    assert (row.observed, shadow_record.Line(row, True, {}).tag.word) == (None, "cannot be seen")
    assert shadow_record.total(shadow_record.counts(Call.objects.all())).unseen == 1


def test_only_what_the_agent_could_see_itself_is_looked_at(here: Scene, cast: Cast):
    row = here.call("mail.label", message=here.message(), label="Invoices")
    assert shadow_observer.observe_due() == 0, "the task is still under way"
    assert look(here, after=timedelta(seconds=5)) == 0, "a moment ago"
    stop = set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=here.box, why="wait")
    assert look(here) == 0
    lift_stop(cast.ada, stop)
    assert look(here) == 1
    now = timezone.now()
    Call.objects.update(decided_at=now - timedelta(days=8), observed_at=now - timedelta(days=2))
    assert shadow_observer.observe_due() == 1, "one last look after a week"
    assert shadow_observer.observe_due() == 0
    Call.objects.update(decided_at=now - timedelta(days=8), observed_at=now - timedelta(hours=2))
    assert shadow_observer.observe_due() == 0, "settled"
    Call.objects.update(decided_at=now)
    revoke_grant(cast.ada, row.grant, why="enough")
    assert look(here) == 0


def test_a_broken_connection_is_left_and_one_bad_call_is_not_the_others(
    here: Scene, cast: Cast, monkeypatch, caplog
):
    connector, place = strange(cast, here.agent, monkeypatch)
    rows = [here.call("strange.write", on=place, text=text) for text in ("a", "bad", "c")]
    label = here.call("mail.label", message=here.message(), label="Invoices")

    def observe(self, connection, context):
        if context.arguments["text"] == "bad":
            raise ValueError("unreadable")

    monkeypatch.setattr(type(connector), "observe", observe)
    assert look(here) == 4
    assert "unreadable" in caplog.text
    Connection.objects.filter(pk=here.box.pk).update(settings={"path": "/nonexistent"})
    assert look(here) == 3
    label.refresh_from_db()
    assert label.observed["text"] == "It has no label.", "as it was last seen"
    assert all(row.state == Call.State.WOULD for row in rows)


def test_two_rounds_at_once_store_one_look(here: Scene):
    row = here.call("mail.label", message=here.message(), label="Invoices")
    end(here)
    Call.objects.update(observed_at=timezone.now() - timedelta(hours=1))
    first = list(shadow_observer.due())
    assert shadow_observer.observe_due() == 1
    connection = here.box.context()
    late = here.box.connector.observe(connection, shadow_observer.call_context(first[0]))
    assert shadow_observer._store(first[0], late, by_agent=False) == 0
    assert row.pk == first[0].pk


def test_the_hourly_worker_looks_at_every_agents_calls(here: Scene):
    row = here.call("mail.label", message=here.message(), label="Invoices")
    end(here)
    Call.objects.update(observed_at=timezone.now() - timedelta(hours=1))
    box(here).label(here.message(), "Invoices")
    assert plugins.beats()["observe"].worker == workers.observe.name
    workers.observe()
    assert seen(row)[1] is True
