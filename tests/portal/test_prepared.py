"""Statements that are built once: they answer as the query does, whatever changes from one use to the next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import prepared
from portal.audit.models import Entry
from portal.people.models import Person
from portal.prepared import Prepared, PreparedUpdate

pytestmark = pytest.mark.django_db
ABOUT = Prepared(
    lambda person, since, words: (
        Entry.objects.filter(actor=person, at__gt=since, actor_name=words, event__contains="50%")
        .select_related("actor")
        .annotate(mark=Value("yes"))
        .order_by("id")
    ),
    person=int,
    since=datetime,
    words=str,
)


def entry(person: Person, **fields) -> Entry:
    return Entry.objects.create(actor=person, actor_name="it's 5%s", event="a 50% event", **fields)


def test_rows_and_objects_are_those_of_the_query(cast):
    made = [entry(cast.mia, details={"n": [1, None]}), entry(cast.mia), entry(cast.ada)]
    past, words = timezone.now() - timedelta(days=1), "it's 5%s"
    with CaptureQueriesContext(connection) as queries:
        found = ABOUT.objects(person=cast.mia.pk, since=past, words=words)
    assert found == made[:2]
    assert [(one.actor, one.details, one.mark) for one in found] == [
        (cast.mia, {"n": [1, None]}, "yes"),
        (cast.mia, {}, "yes"),
    ]
    assert found[0].actor.email == cast.mia.email
    assert found[0].at == made[0].at or found[0].at.tzinfo is not None
    assert len(queries) == 1
    assert [row[0] for row in ABOUT.rows(person=cast.ada.pk, since=past, words=words)] == [made[2].pk]
    assert ABOUT.objects(person=cast.mia.pk, since=past, words="others") == []
    assert ABOUT.objects(person=cast.mia.pk, since=timezone.now() + timedelta(days=1), words=words) == []


def test_it_is_planned_once_in_a_session(cast):
    for person in (cast.mia, cast.ada, cast.lea):
        ABOUT.rows(person=person.pk, since=timezone.now(), words="x")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE position('\"mark\"' IN statement) > 0"
        )
        assert cursor.fetchone() == (1,)


def test_an_update_changes_what_it_is_given_and_says_so(cast):
    told = PreparedUpdate(
        lambda person, name, more: (
            Person.objects.filter(pk=person),
            {"display_name": name, "manager": F("manager"), "last_login": more},
        ),
        "display_name",
        person=int,
        name=str,
        more=datetime,
    )
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert told.rows(person=cast.mia.pk, name="Mia 100%", more=moment) == [("Mia 100%",)]
    assert told.count(person=cast.lea.pk, name="Lea", more=moment) == 1
    assert told.count(person=0, name="Nobody", more=moment) == 0
    cast.mia.refresh_from_db()
    assert (cast.mia.display_name, cast.mia.last_login) == ("Mia 100%", moment)


def test_what_would_be_the_same_for_ever_is_refused(cast):
    now = Prepared(lambda person: Entry.objects.filter(actor=person, at__gt=timezone.now()), person=int)
    with pytest.raises(ValueError, match="the same for ever"):
        now.rows(person=1)
    unused = Prepared(lambda person: Entry.objects.all(), person=int)
    with pytest.raises(ValueError, match="does not depend on"):
        unused.rows(person=1)


def test_its_errors_are_those_of_every_other_statement(cast):
    with pytest.raises(IntegrityError):
        prepared.execute("INSERT INTO auth_group (name) VALUES (%(name)s), (%(name)s)", {"name": "twice"})
