"""Rings in the reporting line: two moves at once make none, and one that is here already hangs nothing."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from metering.permits.viewers import in_line, viewer
from portal.accounts import actions
from portal.org_chart import importing
from portal.org_chart.chart import plan
from portal.org_chart.sheet import read
from portal.people import line
from portal.people.models import Person
from portal.people.rings import closed, in_words
from tests.agents.at_once import at_once, while_open
from tests.cast import Cast, as_
from tests.doors import DOORS
from tests.world import make_world

HEADER = "email,name,manager_email\n"


def row(person: Person, manager: Person) -> str:
    return f"{person.email},{person.display_name},{manager.email}\n"


def imported(actor: Person, text: str) -> None:
    actions.import_chart(actor, text=text, digest=plan(read(text), importing.here()).digest)


def ring_of(*people: Person) -> None:
    """As two moves at once once made it: each reports to the next."""
    for person, manager in zip(people, [*people[1:], people[0]], strict=True):
        Person.objects.filter(pk=person.pk).update(manager=manager)


@pytest.fixture
def bounded(db: None) -> Callable[[Callable[[], object]], object]:
    """A walk without an end would be in Python or in one statement: both break here instead of hanging the tests."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20s'")
    return lambda doing: doing()


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_ring(cast: Cast):
    Person.objects.update(manager=None)
    first, second = (Person.objects.get(pk=one.pk) for one in (cast.mia, cast.olga))
    # Each is read, with its manager, before the other's move: as a form does when it is posted.
    under = [Person.objects.select_related("manager").get(pk=one.pk) for one in (second, first)]
    done = while_open(
        partial(actions.move, cast.ada, first, manager=under[0]),
        partial(actions.move, cast.ada, second, manager=under[1]),
    )
    assert isinstance(done[0], Person)
    assert isinstance(done[1], ValidationError)
    assert line.rings() == []


@pytest.mark.django_db(transaction=True)
def test_many_moves_and_an_import_at_once_make_no_ring(cast: Cast):
    Person.objects.update(manager=None)
    people = list(Person.objects.order_by("pk"))
    pairs = list(zip(people, [*people[1:], people[0]], strict=True))
    moves = [partial(actions.move, cast.ada, person, manager=manager) for person, manager in pairs]
    ends = at_once(*moves, partial(imported, cast.ada, HEADER + row(people[1], people[0])))
    assert [end for end in ends if isinstance(end, Exception) and not isinstance(end, ValidationError)] == []
    assert any(isinstance(end, ValidationError) for end in ends)
    assert line.rings() == []


def test_the_move_that_would_close_a_ring_is_refused_by_what_the_database_holds(cast: Cast):
    Person.objects.update(manager=None)
    stale = Person.objects.select_related("manager").get(pk=cast.olga.pk)
    actions.move(cast.ada, cast.olga, manager=cast.mia)
    with pytest.raises(ValidationError, match="cannot report"):
        actions.move(cast.ada, cast.mia, manager=stale)


@pytest.mark.usefixtures("bounded")
def test_a_ring_that_is_here_hangs_no_page(cast: Cast):
    world = make_world(cast)
    ring_of(cast.mia, cast.lea, cast.ada)
    for name, (method, target, _) in DOORS.items():
        if method == "GET":
            for person in (cast.ada, cast.mia, cast.finn, cast.olga):
                answer = as_(person).get(reverse(name, args=world.arguments(target)))
                assert answer.status_code < 500, name
    assert cast.mia.pk not in viewer(cast.mia).line_people
    assert not in_line(cast.mia, cast.mia)


@pytest.mark.usefixtures("bounded")
def test_a_ring_that_is_here_is_named_where_it_can_be_mended(cast: Cast):
    ring_of(cast.mia, cast.lea, cast.olga)
    named = in_words(line.rings()[0])
    assert {*named.split(" → ")} == {"Mia Park", str(cast.lea), str(cast.olga)}
    pages = [reverse("people:list"), reverse("home"), cast.mia.get_absolute_url()]
    for page in pages:
        assert named in as_(cast.ada).get(page).text, page
        assert named not in as_(cast.finn).get(page).text, page
    assert named not in as_(cast.ada).get(cast.finn.get_absolute_url()).text
    text = HEADER + row(cast.finn, cast.ada)
    shown = as_(cast.ada).post(reverse("people:chart"), {"file": SimpleUploadedFile("c.csv", text.encode())})
    emails = [cast.mia.email, cast.lea.email, cast.olga.email]
    assert all(email in shown.text for email in emails)
    assert "It is here already" in shown.text


@pytest.mark.usefixtures("bounded")
def test_moves_and_imports_go_on_beside_a_ring_and_mend_it(cast: Cast):
    ring_of(cast.mia, cast.lea, cast.olga)
    actions.move(cast.ada, cast.finn, manager=cast.mia)
    imported(cast.ada, HEADER + row(cast.aud, cast.olga))
    assert len(line.rings()) == 1
    with pytest.raises(ValidationError, match="cannot report"):
        actions.move(cast.ada, cast.mia, manager=cast.olga)
    kept = plan(read(HEADER + row(cast.mia, cast.lea)), importing.here())
    assert "would be a ring" in kept.bad[0].why
    imported(cast.ada, HEADER + row(cast.mia, cast.ada))
    assert line.rings() == []
    ring_of(cast.mia, cast.lea)
    actions.move(cast.ada, cast.lea, manager=None)
    assert line.rings() == []


def test_long_lines_and_many_rings_are_walked_once():
    long = {n: n + 1 for n in range(200_000)}
    assert closed(long, long) == []
    pairs = {n: n ^ 1 for n in range(1_000)}
    assert len(closed(pairs, [*pairs, *pairs])) == 500
    assert closed({1: 2, 2: 3, 3: 2}, [1]) == [[2, 3]]


def test_rows_that_fall_one_after_the_other_fall_at_once():
    """Each of 5,000 people reports to the one before, and the first to nobody who is here."""
    rows = "".join(f"p{n}@x.example,P {n},p{n - 1}@x.example\n" for n in range(1, 5_001))
    result = plan(read(HEADER + rows), importing.Here())
    assert len(result.bad) == 5_000
    assert not result.changes
