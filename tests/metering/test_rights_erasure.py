"""Erasure: the person is in no table but the trail, every sum is the same, and there is no way back."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agents.lifecycle.agents import hand_over_agent
from agents.lifecycle.tasks import cancel_task
from agents.queue.models import Call, Step, Task
from agents.registry import actions as registry
from metering.permits import actions as permits
from metering.permits.models import Look
from metering.rights import actions
from metering.rights.anonymize import to_no_one
from metering.rollups.models import DayUsage
from metering.usage.models import UsageEvent
from portal.accounts import actions as people
from portal.audit import chain
from portal.audit.models import Entry
from portal.people.models import Person
from portal.people.nobody import no_one
from tests import builders
from tests.cast import PASSWORD, as_
from tests.metering.builders import last_weeks, permit, used
from tests.metering.test_rights_corrections import money
from tests.roles import superuser
from tests.world import make_world

# Where the name may stay, and why: docs/impact-assessment.md, section 5.
EXEMPT = {"portal_entry"}

EVERY_TEXT = """
    SELECT n.nspname, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND a.attnum > 0 AND NOT a.attisdropped AND t.typcategory IN ('S', 'U', 'A')
"""


def found(*words: str) -> set[str]:
    """Tables of the whole database, every schema, where one of the words is in any text, JSON, array or bytes."""
    tables = set()
    with superuser(), connection.cursor() as cursor:
        cursor.execute(EVERY_TEXT)
        for schema, table, column in cursor.fetchall():
            for word in words:
                cursor.execute(
                    f'SELECT 1 FROM "{schema}"."{table}" WHERE "{column}"::text ILIKE %s OR '
                    f'"{column}"::text ILIKE %s LIMIT 1',
                    [f"%{word}%", f"%{word.encode().hex()}%"],
                )
                if cursor.fetchone():
                    tables.add(table)
    return tables


@pytest.fixture
def left(cast) -> Person:
    """Mia used agents, asked, was looked at and mentioned by others, changed her name once, and has left."""
    people.edit(cast.mia, cast.mia, display_name="Mia Parker", time_zone="UTC")
    for email in ("mia.parker@example.com", "mia.park@example.com"):
        people.edit("test", cast.mia, display_name="Mia Parker", time_zone="UTC", email=email)
    people.edit(cast.mia, cast.mia, display_name="Mia Park", time_zone="UTC")
    as_(None).post(reverse("sign-in"), {"username": cast.mia.email, "password": "wrong"})
    as_(None).post(reverse("sign-in"), {"username": cast.mia.email, "password": PASSWORD})
    world = make_world(cast)
    builders.own_mail(cast.mia, name="Mia Park privately")
    for number in range(3):
        used(
            cast.mia,
            cast.support,
            on=last_weeks().first,
            task=str(world.task.pk),
            agent_name=f"For Mia Park {number}",
        )
    used(cast.mia, cast.support, model="acme:unheard-of")
    used(cast.lea, cast.support)
    actions.overrule(cast.ada, world.objection, note="Mia Park was asked")
    look = permit(cast.lea, cast.support, by=cast.ada, purpose="What does MIA PARK spend?")
    permits.open_report(cast.lea, look, period=last_weeks(), shown=True)
    actions.object_to(cast.mia, look, why="I, Mia Park, object")
    registry.edit(cast.mia, world.agent, instructions="Ask Mia Parker (mia.park@example.com) first")
    Task.objects.filter(pk=world.task.pk).update(result="Dear Mia Park", attached="mia.parker@example.com")
    Step.objects.filter(task=world.task).update(text="Mia Park wrote", response={"to": ["Mia Park"]})
    cancel_task(cast.mia, Task.objects.get(pk=world.task.pk))
    hand_over_agent(cast.mia, world.agent, owner=cast.lea)
    people.deactivate(cast.ada, cast.mia)
    Task.objects.filter(person=cast.mia).update(state="cancelled")
    return Person.objects.get(pk=cast.mia.pk)


def test_the_name_is_nowhere_but_in_the_trail_and_every_sum_is_the_same(cast, left):
    words = ("mia park", "mia parker", "mia.park@example.com", "mia.parker@example.com")
    assert found(*words) > EXEMPT | {"portal_person", "agents_task", "agents_agent", "metering_permit"}
    before, calls = money(), Call.objects.count()
    actions.erase(cast.ada, left, typed="Mia.Park@example.com")
    assert found(*words) == EXEMPT
    assert money() == before
    assert Call.objects.count() == calls, "that it was done stays"
    assert chain.fault() == {}


def test_no_usage_refers_to_the_person_any_more(cast, left):
    actions.erase(cast.ada, left, typed=left.email)
    assert not UsageEvent.objects.filter(person=left).exists()
    assert not DayUsage.objects.filter(person=left).exists()
    assert not Look.objects.filter(people=left).exists()
    passed = UsageEvent.objects.filter(person=no_one())
    assert set(passed.values_list("task", flat=True)) == {""}
    assert passed.count() == 4
    assert set(Task.objects.filter(person=left).values_list("tokens", "cost_micros")) == {(0, None)}


def test_the_row_that_is_left_opens_nothing(cast, left):
    actions.erase(cast.ada, left, typed=left.email)
    left.refresh_from_db()
    assert left.display_name.startswith("Erased person ")
    assert not left.has_usable_password()
    assert not left.groups.exists()
    assert left.memberships.current().count() == 0
    with pytest.raises(ValidationError, match="cannot be reactivated"):
        people.reactivate(cast.ada, left)
    with pytest.raises(ValidationError, match="done already"):
        actions.erase(cast.ada, left, typed=left.email)
    entry = Entry.objects.get(event="person.erased")
    assert "Mia" not in entry.target_name
    assert entry.details == {}, "how much there was is a figure about her"


def test_it_is_refused_while_something_has_to_be_done_first(cast):
    world = make_world(cast)
    with pytest.raises(ValidationError) as refused:
        actions.erase(cast.ada, cast.mia, typed=cast.mia.email)
    said = " ".join(refused.value.messages)
    for words in ("has not left", f"They own the agent {world.agent}", "are under way"):
        assert words in said
    with pytest.raises(ValidationError, match="People report to Lea Brandt: 2"):
        actions.erase(cast.ada, cast.lea, typed=cast.lea.email)
    assert Person.objects.get(pk=cast.mia.pk).email == cast.mia.email


def test_it_needs_the_right_and_the_typed_e_mail(cast, left):
    with pytest.raises(ValidationError, match="right to erase"):
        actions.erase(cast.lea, left, typed=left.email)
    url = reverse("rights:erasure", args=[left.pk])
    assert as_(cast.lea).get(url).status_code == 403
    ada = as_(cast.ada)
    assert "cannot be undone" in ada.get(url).text
    assert ada.post(url, {"typed": "mia"}).status_code == 422
    assert Person.objects.get(pk=left.pk).erased_at is None
    assert ada.post(url, {"typed": left.email}).status_code == 302
    assert Person.objects.get(pk=left.pk).erased_at


def test_a_common_short_name_stays_in_what_others_wrote(cast):
    person = people.invite(cast.ada, email="al@example.com", display_name="Al")
    agent = builders.agent(cast.lea, cast.support, instructions="Also tell al@example.com and Al about all")
    people.deactivate(cast.ada, person)
    actions.erase(cast.ada, Person.objects.get(pk=person.pk), typed="al@example.com")
    agent.refresh_from_db()
    alias = Person.objects.get(pk=person.pk).display_name
    assert agent.instructions == f"Also tell {alias} and Al about all"


def test_the_ledger_gives_a_row_to_nobody_but_no_one(cast):
    used(cast.mia, cast.support)
    events = UsageEvent.objects.filter(person=cast.mia)
    no_one()
    for changes in ({"person": cast.lea}, {"cost_micros": 1}, {"person": no_one(), "input_tokens": 1}):
        with pytest.raises(DatabaseError, match="append-only"), superuser(), to_no_one():
            events.update(**changes)
    for changes in ({"cost_micros": 1}, {"person": no_one(), "input_tokens": 1}):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), to_no_one():
            events.update(**changes)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        events.update(person=no_one())
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), to_no_one():
        events.delete()


def test_no_one_is_in_no_list(cast):
    no_one()
    text = as_(cast.ada).get(reverse("people:list"), {"state": "left"}).text
    assert "No one" not in text
    assert as_(cast.ada).get(no_one().get_absolute_url()).status_code == 404
