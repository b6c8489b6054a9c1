"""The trail's page: sentences, filters, pages by id, export."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts import actions
from portal.audit.models import Entry
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
TRAIL = "/trail/"


def page(cast: Cast, **asked: object) -> str:
    return as_(cast.aud).get(TRAIL, asked).text


def shown(text: str) -> list[int]:
    return [int(part.split('"')[0]) for part in text.split('id="entry-')[1:]]


def invite(cast: Cast, count: int) -> None:
    for number in range(count):
        actions.invite(cast.ada, email=f"p{number}@example.com", display_name=f"P {number}", manager=cast.lea)


def test_an_entry_reads_as_a_sentence_with_its_details(cast: Cast):
    actions.move(cast.ada, cast.mia, manager=cast.ada)
    text = page(cast)
    assert "Ada Osei changed Mia Park’s manager: Lea Brandt → Ada Osei" in text
    details = text.split("<details", 1)[1]
    assert "person.moved" in details
    assert "person.moved" not in text.split("<details", 1)[0].rsplit("<section", 1)[1]
    assert Entry.objects.latest("id").digest_hex in text


@pytest.mark.parametrize(
    ("asked", "events"),
    [
        ({"event": "person.moved"}, {"person.moved"}),
        ({"who": "mia"}, {"person.joined", "person.edited"}),
        ({"who": "mia.park@"}, {"person.joined", "person.edited"}),
        ({"words": "SEOUL"}, {"person.edited"}),
        ({"words": "nothing like it"}, set()),
        ({"event": "person.moved", "who": "mia"}, set()),
    ],
)
def test_the_filters(cast: Cast, asked: dict, events: set):
    actions.move(cast.ada, cast.mia, manager=cast.ada)
    actions.edit(cast.mia, cast.mia, display_name="Mia Park", time_zone="Asia/Seoul")
    ids = shown(page(cast, **asked))
    assert set(Entry.objects.filter(id__in=ids).values_list("event", flat=True)) == events


def test_days_are_the_readers_own_and_the_last_one_counts(cast: Cast):
    today = timezone.localdate()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)
    assert shown(page(cast, since=today, until=today))
    assert shown(page(cast, since=tomorrow)) == []
    assert shown(page(cast, until=yesterday)) == []
    assert "No entry matches" in page(cast, since=tomorrow)


def test_filters_that_make_no_sense_break_nothing(cast: Cast):
    for asked in [
        {"since": "nonsense"},
        {"event": "no.such"},
        {"before": "x"},
        {"after": "-1"},
        {"before": "9" * 30},
        {"about": "person"},
        {"about": "person:x"},
        {"about": f"person:{'9' * 30}"},
        {"words": "%_'\\"},
    ]:
        assert as_(cast.aud).get(TRAIL, asked).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-45"])
def test_days_at_the_end_of_the_calendar_break_nothing(cast: Cast, day: str):
    for address in (TRAIL, "/trail/export/"):
        assert as_(cast.aud).get(address, {"since": day, "until": day}).status_code in (200, 400, 422)


def test_everything_about_one_thing(cast: Cast):
    text = page(cast, about=f"person:{cast.mia.pk}")
    assert "Only entries about Mia Park." in text
    assert shown(text) == list(Entry.objects.about(cast.mia).reverse().values_list("id", flat=True))


def test_older_and_newer_pages_miss_nothing_and_repeat_nothing(cast: Cast):
    invite(cast, 120)
    every = list(Entry.objects.order_by("-id").values_list("id", flat=True))
    entries, older, newer = Entry.objects.around(None, None, 50)
    seen = [entry.id for entry in entries]
    assert newer is None
    while older:
        entries, older, newer = Entry.objects.around(older, None, 50)
        seen += [entry.id for entry in entries]
    assert seen == every
    back = []
    while newer:
        entries, _, newer = Entry.objects.around(None, newer, 50)
        back = [entry.id for entry in entries] + back
    assert back == every[: len(back)]
    assert len(back) >= len(every) - 50


def test_an_old_page_costs_what_the_first_costs(cast: Cast, django_assert_max_num_queries):
    invite(cast, 120)
    client = as_(cast.aud)
    for asked in ({}, {"before": Entry.objects.order_by("id")[60].id}):
        with django_assert_max_num_queries(9):
            text = client.get(TRAIL, asked).text
        assert len(shown(text)) == 50
    assert "Newer" in text
    assert "Older" in text


def test_the_export_holds_what_is_filtered(cast: Cast):
    actions.invite(cast.ada, email="x@example.com", display_name="=cmd|' /C calc'!A0")
    answer = as_(cast.aud).get("/trail/export/", {"event": "person.invited"})
    assert answer["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["event"] for row in rows} == {"person.invited"}
    assert len(rows) == 7
    assert bytes.fromhex(rows[0]["digest"]) == bytes(Entry.objects.latest("id").digest)


def test_a_cell_never_begins_as_a_formula(cast: Cast):
    actions.edit(cast.mia, cast.mia, display_name="=1+1", time_zone="UTC")
    actions.edit(cast.mia, cast.mia, display_name="Mia", time_zone="UTC")
    text = as_(cast.aud).get("/trail/export/", {"words": "1+1"}).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)


def test_nobody_but_auditors_reads_the_trail(cast: Cast):
    for person in (cast.ada, cast.lea, cast.mia, cast.finn, cast.olga):
        answer = as_(person).get(TRAIL)
        assert answer.status_code == 403
        assert "Read the audit trail" in answer.text
