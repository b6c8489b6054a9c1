"""The gate's decisions: every way they can go, with its reason, its row and exactly one entry."""

from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connectors.base import Result
from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.lifecycle.grants import revoke_grant
from agents.queue import actions as tasks
from agents.queue.models import Call
from agents.queue.moves import Lost
from agents.registry import actions as registry
from portal.audit.models import Entry
from tests import builders
from tests.agents.gated import Scene, scene, strange

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def codes(row: Call) -> list[str]:
    return [reason["code"] for reason in row.reasons]


def entries() -> list[str]:
    return list(
        Entry.objects.filter(event__startswith="call.").order_by("id").values_list("event", flat=True)
    )


def test_allowed_is_done_and_counted(here):
    row = here.call("mail.label", message=here.message(), label="Questions")
    assert (row.state, row.verdict, codes(row)) == (S.DONE, "allow", ["granted"])
    assert row.counts == {"labelled": 1}
    assert row.outcome == "Labelled one message “Questions”"
    assert row.grant == here.grant("mail.label")
    assert row.grant.used == 1
    assert row.grant.last_used_at <= row.started_at <= row.finished_at
    assert entries() == ["call.allowed"]


def test_an_entry_tells_who_under_which_grant_for_whom_and_no_words(here):
    here.draft(to="somebody@example.org")
    entry = Entry.objects.get(event="call.allowed")
    row = here.first_call()
    assert (entry.actor_name, entry.actor) == (str(here.agent), None)
    assert (entry.target_id, entry.target_name) == (row.pk, "mail.draft on Support mailbox")
    assert entry.details == {
        "acted": f"agent #{here.agent.pk}",
        "agent": str(here.agent),
        "capability": "mail.draft",
        "connection": "Support mailbox",
        "task": here.task.pk,
        "for_person": here.cast.mia.pk,
        "grant": row.grant_id,
        "arguments": row.digest,
        "reasons": ["granted"],
    }


def test_an_ask_waits_and_nothing_happens_yet(here):
    row = here.post()
    assert (row.state, row.verdict, codes(row)) == (S.ASKED, "ask", ["grant_asks"])
    assert row.approval.answerable
    assert [of["argument"] for of in row.approval.origins] == ["to", "text"], "with where each comes from"
    assert not ChatMessage.objects.exists()
    assert row.grant.used == 0
    assert here.again(row).state == S.ASKED
    assert entries() == ["call.asked"]


def test_destructive_asks(here, monkeypatch):
    _, place = strange(here.cast, here.agent, monkeypatch)
    assert codes(here.call("strange.destroy", on=place)) == ["destructive"]


def test_a_grant_may_ask_each_time(here):
    revoke_grant(here.cast.ada, here.grant("mail.draft"))
    builders.grant(here.agent, here.box, "mail.draft", by=here.cast.ada, terms=Terms(always_ask=True))
    assert codes(here.draft()) == ["grant_asks"]
    assert here.drafts() == []


def test_what_did_not_work_says_why_and_is_not_tried_again(here):
    row = here.call("mail.read", message="nonesuch")
    assert row.state == S.FAILED
    assert "There is no message “nonesuch”" in row.outcome
    assert here.again(row).finished_at == row.finished_at
    assert entries() == ["call.allowed", "call.failed"]
    assert [str(entry) for entry in Entry.objects.filter(event__startswith="call.").order_by("pk")] == [
        "Inbox triage read a message in Support mailbox",
        "Inbox triage did not manage to read a message in Support mailbox",
    ]


def test_a_mailbox_that_is_gone_fails_the_call_in_words(here):
    place = Path(here.box.settings["path"])
    place.rename(place.with_name("elsewhere"))
    try:
        row = here.call("mail.list")
    finally:
        place.with_name("elsewhere").rename(place)
    assert row.state == S.FAILED
    assert "folder" in row.outcome


def test_a_connector_that_breaks_in_the_middle_leaves_it_unknown(here, monkeypatch):
    connector, place = strange(here.cast, here.agent, monkeypatch)

    def performs(context):
        raise RuntimeError("half way")

    connector.performs = performs
    row = here.call("strange.write", on=place)
    assert row.state == S.UNKNOWN
    assert "not tried again" in row.outcome
    connector.performs = lambda context: pytest.fail("it was repeated")
    assert here.again(row).state == S.UNKNOWN
    assert entries() == ["call.allowed", "call.unknown"]


def test_what_had_begun_is_written_down_though_its_task_was_stopped_meanwhile(here, monkeypatch):
    connector, place = strange(here.cast, here.agent, monkeypatch)

    def performs(context):
        assert (context.agent_name, context.person) == (str(here.agent), here.cast.mia.pk)
        tasks.Task.objects.update(cancel_requested_at=timezone.now())
        return Result({"ok": True}, "Did it")

    connector.performs = performs
    assert here.call("strange.write", on=place).state == S.DONE


def test_shadow_mode_reads_and_only_notes_the_rest(here):
    registry.go_shadow(here.cast.mia, here.agent)
    noted = here.draft()
    assert (noted.state, noted.verdict, codes(noted)) == (S.WOULD, "allow", ["granted", "shadow"])
    assert here.call("mail.list").state == S.DONE
    posted = here.post()
    assert (posted.state, posted.verdict) == (S.WOULD, "ask")
    assert not Approval.objects.exists()
    assert here.drafts() == []
    assert (noted.grant.used, posted.grant.used) == (0, 0)
    assert entries() == ["call.would", "call.allowed", "call.would"]


def test_a_decision_that_is_rolled_back_leaves_no_row_no_entry_and_no_use(here):
    with transaction.atomic():
        here.call("mail.list")
        transaction.set_rollback(True)
    assert not Call.objects.exists()
    assert entries() == []
    assert here.grant("mail.list").used == 0


def test_the_worker_that_lost_the_task_decides_nothing_any_more(here):
    tasks.Task.objects.update(claim=F("claim") + 1)
    with pytest.raises(Lost):
        here.draft()
    assert not Call.objects.exists()
    assert here.drafts() == []
