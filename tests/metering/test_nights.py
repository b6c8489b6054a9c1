"""A nightly check that found something, or that does not run, is told to the auditor where they begin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from metering import home
from metering.publications.models import DisclosureCheck, PublishedPeriod
from metering.publishing import actions
from portal.people.models import Person
from tests.cast import as_
from tests.metering.published import group, publish
from tests.metering.test_frame import request

HOME, LOOKS, CHECKS = reverse("home"), reverse("reports:looks"), reverse("reports:checks")
OVERDUE, FOUND = "The nightly check does not run", "reveal groups that are too small"


def check(*findings: str, days: float = 0) -> None:
    made = actions.note_check("test", figures=3, viewers=6, findings=list(findings))
    DisclosureCheck.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(days=days))


def read(person: Person, page: str) -> str:
    return " ".join(as_(person).get(page).text.split())


@pytest.mark.parametrize(("days", "late"), [(0, False), (1.9, False), (2.1, True), (30, True)])
def test_a_check_that_does_not_run_is_an_error_with_what_to_do(cast, days, late):
    check(days=days)
    for page in (HOME, LOOKS, CHECKS):
        text = read(cast.aud, page)
        assert (OVERDUE in text) is late
        assert ("whether a worker is running" in text) is late
        assert FOUND not in text
    assert ("audit_disclosure" in read(cast.aud, LOOKS)) is late


def test_none_has_run_though_there_have_been_figures_for_days(cast):
    group(cast.support, 9)
    assert OVERDUE not in read(cast.aud, LOOKS), "nothing is there to be checked"
    publish()
    assert OVERDUE not in read(cast.aud, LOOKS), "the first night is still to come"
    PublishedPeriod.objects.update(made_at=timezone.now() - timedelta(days=3))
    for page in (HOME, LOOKS, CHECKS):
        assert "None has run yet" in read(cast.aud, page)


def test_a_finding_is_on_the_start_page_until_a_night_finds_nothing(cast):
    check("Any three together: the usage of 2 people can be told apart")
    assert FOUND in read(cast.aud, LOOKS)
    start = read(cast.aud, HOME)
    assert FOUND in start
    assert "1 such combination" in start
    assert CHECKS in start
    check()
    assert FOUND not in read(cast.aud, HOME) + read(cast.aud, LOOKS)


def test_both_are_told_and_counted(cast):
    check("a", "b", days=3)
    part = next(each for each in home.parts(request(cast.aud)) if each.template.endswith("_nights.html"))
    assert part.count == 2
    assert OVERDUE in read(cast.aud, HOME)
    assert "2 such combinations" in read(cast.aud, HOME)


def test_nobody_else_is_told(cast):
    check("a", days=3)
    Person.objects.filter(pk=cast.olga.pk).update(
        is_superuser=True
    )  # may by every permission, and is no auditor
    for name, person in cast.everyone().items():
        text = read(Person.objects.get(pk=person.pk), HOME)
        assert ((OVERDUE in text) and (FOUND in text)) is (name == "aud")
        assert name == "aud" or (OVERDUE not in text and FOUND not in text)
