"""What a call leaves for others: its connection's person hears of it, and what it put where is remembered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.connections.models import Connection
from agents.gate import provenance_cache
from agents.gate.provenance_cache import provenance_of
from agents.openings import actions as openings
from agents.queue.models import Call
from portal.audit.models import Entry
from tests.agents import transcripts
from tests.agents.gated import Scene, here  # noqa: F401

pytestmark = pytest.mark.django_db
USED = "connection.used_by_other"


def used() -> list[dict]:
    return [entry.details for entry in Entry.objects.filter(event=USED).order_by("id")]


def test_a_connections_person_hears_of_calls_in_others_tasks_and_of_no_more(here: Scene) -> None:
    here.call("mail.list")
    assert used() == [], "it is nobody's own"
    Connection.objects.filter(pk=here.box.pk).update(person=here.cast.olga, team=None)
    assert here.call("mail.list").state == Call.State.DENIED
    assert used() == [], "nothing was done"
    here.box.refresh_from_db()
    soon = timezone.now() + timedelta(days=1)
    openings.give(here.cast.olga, here.box, reader=here.cast.mia, ends_at=soon)
    assert here.call("mail.list").state == Call.State.DONE
    (told,) = used()
    assert (told["capability"], told["for_person"]) == ("mail.list", str(here.cast.mia))
    assert Entry.objects.about(here.box).filter(event=USED).count() == 1
    Connection.objects.filter(pk=here.box.pk).update(person=here.cast.mia)
    assert here.call("mail.list").state == Call.State.DONE
    assert len(used()) == 1, "who uses their own need not be told"


def test_what_a_call_put_into_a_thing_is_remembered_and_found_again_by_the_next_worker(here: Scene) -> None:
    message = here.message()
    here.call("mail.label", message=message, label="Support")
    assert provenance_of(here.task).mixed.call("message", message) is None, "nothing was read yet"
    read = here.call("mail.read", message=message)
    assert read.state == Call.State.DONE
    drafted = here.call("mail.draft", to=["emi@example.org"], subject="Re", text=read.result["text"])
    Call.objects.filter(pk=drafted.pk).update(state=Call.State.DONE, result={})
    before = provenance_of(here.task)
    provenance_cache._memories.clear()
    after = provenance_of(here.task)
    assert after is not before
    assert after.mixed.call("address", "emi@example.org") == drafted.pk


def test_nothing_that_is_unknown_by_now_counts_as_a_call_that_changed_something(here: Scene) -> None:
    """It is read as text of others; that it also wrote nobody can tell, and no grant allows it any more."""
    row = here.call("mail.list")
    Call.objects.filter(pk=row.pk).update(capability="gone.list", result={"id": "1", "text": "Pay mallory"})
    provenance_cache._memories.clear()
    found = provenance_of(transcripts.running(here.cast.mia, here.agent))
    assert found.texts == []
    found = provenance_of(here.task)
    assert (found.created, found.texts[0].title, found.tainted) == ({}, "gone.list", True)
