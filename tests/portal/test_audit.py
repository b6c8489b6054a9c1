"""The trail: append-only and chained by the database, one entry per action or none, and read by auditors."""

import threading

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from portal.accounts import actions as people
from portal.audit import chain
from portal.audit.models import Entry
from portal.audit.record import PORTAL, action, also, detail
from portal.audit.seals import Seal, seal
from portal.events import Event
from portal.people.models import Person
from portal.reasons import because
from tests.cast import Cast
from tests.roles import past_the_guards as tamper
from tests.roles import superuser

pytestmark = pytest.mark.django_db


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE portal_entry SET actor_name = 'Nobody'",
        "DELETE FROM portal_entry",
        "TRUNCATE portal_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(cast: Cast, sql: str):
    before = Entry.objects.count()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), superuser():
        execute(sql)
    assert Entry.objects.count() == before > 0


def test_the_chain_holds_and_the_command_says_so(cast: Cast, capsys: pytest.CaptureFixture[str]):
    assert chain.fault() == {}
    call_command("audit")
    said = capsys.readouterr().out
    assert f"The trail is whole: {Entry.objects.count()} entries.\nCompared with 1 mark in " in said
    people.invite(cast.ada, email="more@example.com", display_name="More")
    call_command("audit", holds=said.split()[-1])


def test_an_empty_trail_is_whole(capsys: pytest.CaptureFixture[str]):
    call_command("audit")
    assert capsys.readouterr().out == "The trail is whole: 0 entries.\n"


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Nobody'",
        "event = 'person.edited'",
        "at = at + interval '1 second'",
        "target_id = 1",
        "details = '{}'",
        "digest = decode('00', 'hex')",
    ],
)
def test_a_changed_entry_is_found(cast: Cast, change: str):
    entry = Entry.objects.filter(event="person.invited").order_by("id")[3]
    tamper(f"UPDATE portal_entry SET {change} WHERE id = {entry.id}")
    assert chain.fault() == because("trail.entry", entry=entry.id)
    seal()
    assert chain.fault() == because("trail.entry", entry=entry.id)
    with pytest.raises(CommandError, match=f"Entry {entry.id} is not as it was written"):
        call_command("audit")


def test_an_entry_changed_together_with_its_digest_does_not_fit_its_seal(cast: Cast):
    seal()
    ids = list(Entry.objects.order_by("id").values_list("id", flat=True))
    tamper(f"UPDATE portal_entry SET actor_name = 'x' WHERE id = {ids[4]}")
    tamper(f"UPDATE portal_entry e SET digest = portal_entry_digest(e, NULL) WHERE id = {ids[4]}")
    assert chain.fault() == because("trail.content", seal=1, first=ids[0], last=ids[-1])


def test_a_removed_entry_is_found_and_a_cut_end_by_what_was_kept(cast: Cast):
    seal()
    people.invite(cast.ada, email="more@example.com", display_name="More")
    seal()
    first, last = Seal.objects.order_by("number")
    ids = list(Entry.objects.order_by("id").values_list("id", flat=True))
    tamper(f"DELETE FROM portal_seal WHERE number = {last.number}")
    assert chain.fault() == {}
    tamper(f"DELETE FROM portal_entry WHERE id > {first.top}")
    assert chain.fault() == {}
    with pytest.raises(CommandError, match="cut short"):
        call_command("audit", holds=str(last))
    tamper(f"DELETE FROM portal_entry WHERE id = {ids[3]}")
    assert chain.fault() == because("trail.removed", entry=ids[3])


@pytest.mark.parametrize("text", ["7", "x:00", "7:nonsense", "7:00"])
def test_what_is_no_mark_is_refused(cast: Cast, text: str):
    with pytest.raises(CommandError, match="an earlier run printed"):
        call_command("audit", holds=text)


@action(Event.TEAM_EDITED)
def outer(actor: Person, target: Person, *, fail: bool = False, inner_fails: bool = False) -> Person:
    detail(step="outer")
    also(Event.PERSON_EDITED, target, step="beside")
    try:
        inner(actor, target, fail=inner_fails)
    except ValueError:
        detail(inner="failed")
    if fail:
        raise RuntimeError
    return target


@action(Event.PERSON_MOVED)
def inner(actor: Person, target: Person, *, fail: bool = False) -> Person:
    Person.objects.filter(pk=target.pk).update(time_zone="Asia/Seoul")
    if fail:
        raise ValueError
    return target


def test_nested_verbs_leave_an_entry_each(ada: Person, mia: Person):
    before = Entry.objects.latest("id").id
    outer(ada, mia)
    assert [entry.event for entry in Entry.objects.since(before)] == [
        "person.edited",
        "person.moved",
        "team.edited",
    ]


def test_when_the_outer_verb_fails_nothing_stays(ada: Person, mia: Person):
    before = Entry.objects.count()
    with pytest.raises(RuntimeError):
        outer(ada, mia, fail=True)
    mia.refresh_from_db()
    assert (Entry.objects.count(), mia.time_zone) == (before, "UTC")


def test_an_inner_failure_that_is_mended_leaves_no_entry_of_it(ada: Person, mia: Person):
    before = Entry.objects.latest("id").id
    outer(ada, mia, inner_fails=True)
    assert [entry.event for entry in Entry.objects.since(before)] == ["person.edited", "team.edited"]
    mia.refresh_from_db()
    assert mia.time_zone == "UTC"


@action(Event.PERSON_EDITED)
def leaks(actor: Person, target: Person) -> Person:
    detail(api_key="sk-1")
    return target


def test_what_looks_like_a_secret_never_reaches_an_entry(ada: Person):
    with pytest.raises(ValueError, match="secret"):
        leaks(ada, ada)


def test_detail_and_also_belong_inside_a_verb(ada: Person):
    with pytest.raises(RuntimeError):
        detail(x=1)
    with pytest.raises(RuntimeError):
        also(Event.PERSON_EDITED, ada)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_keep_one_chain():
    person = people.invite(PORTAL, email="a@example.com", display_name="A")
    people.invite(PORTAL, email="b@example.com", display_name="B")

    def write() -> None:
        for _ in range(15):
            inner(person, person)
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Entry.objects.filter(event="person.moved").count() == 45
    assert chain.fault() == {}
    seal()
    assert chain.fault() == {}
    assert chain.counts()[1] == 0
