"""Queries whose SQL is made once answer as the models' own reads do, for everybody and at any moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.compiled import Compiled, Counts
from portal.people.models import Person
from portal.teams.models import Membership

NAMES = ("ada", "lea", "mia", "finn", "aud", "olga")
OWN = Compiled(
    lambda person, now: Membership.objects.filter(person=person, started_at__lte=now).values_list("team_id")
)


def by_hand(person: Person) -> list[tuple[int]]:
    return list(Membership.objects.filter(person=person).values_list("team_id"))


@pytest.mark.parametrize("name", NAMES)
def test_each_gets_their_own(cast, name):
    person = getattr(cast, name)
    assert sorted(OWN.rows(person)) == sorted(by_hand(person))


def test_the_moment_is_now_and_not_that_of_the_first_call(cast, monkeypatch):
    assert OWN.rows(cast.mia)
    earlier = timezone.now() - timedelta(days=1)
    monkeypatch.setattr("portal.compiled.timezone.now", lambda: earlier)
    assert OWN.rows(cast.mia) == []


def test_it_is_built_once_for_each_of_what_else_it_depends_on(cast):
    built = []

    def build(person, now, role):
        built.append(role)
        return Membership.objects.filter(person=person, role=role).values_list("role")

    roles = Compiled(build)
    found = [roles.rows(cast.lea, role) for role in ("lead", "member", "lead", "member")]
    assert found[:2] == found[2:]
    assert set(found[0]) == {("lead",)}
    assert built == ["lead", "member"]


def test_for_who_has_left_it_is_built_as_it_is_for_them(cast):
    """A read may be another for them, as rights are; the stand-in is active."""
    mine = Compiled(
        lambda person, now: Membership.objects.filter(person=person, person__is_active=person.is_active)
    )
    assert mine.rows(cast.mia)
    Person.objects.filter(pk=cast.mia.pk).update(is_active=False)
    cast.mia.refresh_from_db()
    assert len(mine.rows(cast.mia)) == len(by_hand(cast.mia))


def test_what_is_nobodys_own_is_refused(cast):
    with pytest.raises(ValueError, match="no query of theirs"):
        Compiled(lambda person, now: Membership.objects.values_list("pk")).rows(cast.mia)


def test_a_moment_that_is_worked_out_is_refused(cast):
    """It would be reckoned from the stand-in's, once, and never again."""
    old = Compiled(
        lambda person, now: Membership.objects.filter(person=person, started_at__lte=now - timedelta(days=1))
    )
    with pytest.raises(ValueError, match="worked out"):
        old.rows(cast.mia)


@pytest.mark.parametrize("name", NAMES)
def test_counts_are_those_of_each_query_in_one_statement(cast, name, django_assert_num_queries):
    person = getattr(cast, name)
    counts = Counts(
        lambda person, now: Membership.objects.filter(person=person),
        lambda person, now: Person.objects.filter(manager=person, joined_at__lte=now),
    )
    with django_assert_num_queries(1):
        found = counts.of(person)
    assert found == [len(by_hand(person)), Person.objects.filter(manager=person).count()]


@pytest.mark.parametrize("name", NAMES)
def test_rights_by_role_are_what_django_finds_in_two_queries(cast, name, django_assert_num_queries):
    ours, theirs = (Person.objects.get(pk=getattr(cast, name).pk) for _ in range(2))
    with django_assert_num_queries(1):
        ours.has_perm("portal.read_audit")
    assert ours.get_all_permissions() == theirs.get_all_permissions()
    assert all(ours.has_perm(one) for one in theirs.get_all_permissions())


def test_who_has_left_holds_nothing_and_a_right_of_their_own_counts(cast):
    from django.contrib.auth.models import Permission

    cast.mia.user_permissions.add(Permission.objects.get(codename="read_audit"))
    again = Person.objects.get(pk=cast.mia.pk)
    assert again.has_perm("portal.read_audit")
    again.is_active = False
    assert not again.has_perm("portal.read_audit")
    assert not Person(pk=again.pk, is_active=False).has_perm("portal.read_audit")
