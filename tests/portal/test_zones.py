"""A person's zone: the browser's at first sign-in, then whatever they choose; days end where the reader is."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions
from portal.admin_requests.links import link
from portal.audit.models import Entry
from portal.days import DayField, end_of, start_of
from portal.people.models import Person
from tests.browser import Visitor, browsing
from tests.cast import PASSWORD, Cast, as_

pytestmark = pytest.mark.django_db
AUCKLAND = "Pacific/Auckland"


def sign_in(person: Person, zone: str) -> Person:
    given = {"username": person.email, "password": PASSWORD, "zone": zone}
    assert Client().post(reverse("sign-in"), given).status_code == 302
    person.refresh_from_db()
    return person


def test_the_first_sign_in_takes_the_browsers_zone_and_a_later_one_does_not(mia: Person):
    assert sign_in(mia, AUCKLAND).time_zone == AUCKLAND
    entry = Entry.objects.filter(event="person.edited", target_id=mia.pk).latest("id")
    assert entry.details == {"time_zone": ["UTC", AUCKLAND], "by": "browser"}
    assert sign_in(mia, "Europe/Berlin").time_zone == AUCKLAND


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../../etc/passwd", "UTC\0", "x" * 5_000])
def test_a_zone_that_is_none_is_left_out(mia: Person, zone: str):
    assert sign_in(mia, zone).time_zone == "UTC"
    assert sign_in(mia, AUCKLAND).time_zone == AUCKLAND


def test_who_has_chosen_keeps_what_they_chose_even_utc(mia: Person, lea: Person):
    as_(mia).post(reverse("people:profile"), {"display_name": "Mia Park", "time_zone": "UTC"})
    assert sign_in(mia, AUCKLAND).time_zone == "UTC"
    actions.edit(mia, lea, display_name="Lea Brandt", time_zone="Asia/Tokyo")
    assert sign_in(lea, AUCKLAND).time_zone == "Asia/Tokyo"


def test_the_invitations_link_takes_it_too(cast: Cast):
    person = actions.invite(cast.ada, email="new.one@example.com", display_name="New One")
    path = link(person).removeprefix("http://localhost:8000")
    new = {"new_password1": "quite another phrase", "new_password2": "quite another phrase", "zone": AUCKLAND}
    assert Client().post(path, new).status_code == 302
    person.refresh_from_db()
    assert person.time_zone == AUCKLAND


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_real_browser_says_its_zone(mia: Person, live_server):
    with browsing() as browser:
        visitor = Visitor(browser, live_server.url, timezone_id=AUCKLAND)
        visitor.sign_in(mia.email, PASSWORD)
        assert visitor.wrong == []
    mia.refresh_from_db()
    assert mia.time_zone == AUCKLAND


def test_days_begin_and_end_where_the_reader_is():
    day = date(2026, 11, 30)
    with timezone.override(AUCKLAND):
        assert end_of(day) == datetime(2026, 11, 30, 10, 59, 59, tzinfo=UTC)
        assert start_of(day) == datetime(2026, 11, 29, 11, tzinfo=UTC)
    with timezone.override("Pacific/Honolulu"):
        assert end_of(day) == datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC)


def test_a_field_says_whose_day_it_takes_and_shows_a_moment_as_the_readers_day():
    moment = datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC)
    with timezone.override("Pacific/Honolulu"):
        field = DayField(ends=True, help_text="Soon.")
        assert field.help_text == "Soon. The day ends at midnight, Pacific/Honolulu time."
        assert field.prepare_value(moment) == date(2026, 11, 30)
    with timezone.override(AUCKLAND):
        assert field.prepare_value(moment) == date(2026, 12, 1)
        assert DayField().help_text == f"Days in {AUCKLAND} time."
        assert DayField(utc=True).help_text == "Days are counted in UTC."


def test_the_trails_days_are_the_readers(cast: Cast):
    Person.objects.filter(pk=cast.aud.pk).update(time_zone=AUCKLAND)
    with timezone.override(AUCKLAND):
        today = timezone.localdate()
    answer = as_(cast.aud).get(
        reverse("audit:list"), {"since": today.isoformat(), "until": today.isoformat()}
    )
    assert "joined" in answer.text or "invited" in answer.text
    assert f"From ({AUCKLAND})" in answer.text
