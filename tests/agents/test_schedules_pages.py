"""Pages of schedules: make one in words, see what it costs, switch it on, watch its runs; nobody else sees it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from agents.pages.schedules.queries import strip
from agents.queue.envelopes import made_for
from agents.queue.models import Task
from agents.schedules.actions import Trigger
from agents.schedules.models import HOOK, Run, Schedule
from portal.editing import SALT
from tests import builders
from tests.agents.scheduled import at, beat, due, finish, made
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
WORDS = "Sort the inbox every morning"


def typed(**changes: object) -> dict[str, object]:
    return {
        "instruction": WORDS,
        "made_for": made_for(WORDS),
        "starts": "times",
        "when": "every weekday at 06:00",
        "zone": "Europe/Berlin",
        "hourly": 4,
        "ends_at": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "run_micros": "0.50",
        "month_micros": "10",
        "misfire": "late",
        "late_minutes": 90,
        "uncleared": "skip",
        **changes,
    }


def text(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_from_words_to_a_schedule_that_is_on(cast: Cast):
    agent, box = builders.triage(cast)
    mia, url = as_(cast.mia), reverse("schedules:new", args=[agent.pk])
    assert "every two hours from 8 to 18" in mia.get(url).text
    asked = mia.post(url, typed(made_for="", envelope=[f"mail.list@{box.pk}"]))
    assert "Check what it may use" in asked.text, "ticks that were made for other words are looked at again"
    wrong = mia.post(url, typed(when="every blue moon"))
    assert (wrong.status_code, "cannot be read as a time" in wrong.text) == (422, True)
    answer = mia.post(url, typed(envelope=[f"mail.list@{box.pk}"]))
    schedule = Schedule.objects.get()
    assert answer["Location"] == schedule.get_absolute_url()
    assert (schedule.line, schedule.zone, schedule.state) == ("0 6 * * 1-5", "Europe/Berlin", "off")
    assert (schedule.run_micros, schedule.month_micros, schedule.misfire) == (500_000, 10_000_000, "late")
    assert schedule.envelope == [["mail.list", box.pk]]
    page = text(mia.get(schedule.get_absolute_url()))
    assert "Inbox triage, every weekday at 06:00" in page
    assert "switched off" in page
    ran = mia.post(reverse("schedules:runs", args=[schedule.pk]))
    task = Task.objects.get()
    assert ran["Location"] == task.get_absolute_url()
    assert "your schedule" in mia.get(task.get_absolute_url()).text
    finish(task, cost=20_000)
    on = reverse("schedules:on", args=[schedule.pk])
    asks = text(mia.get(on))
    assert "$0.02 for one run" in asks
    assert "A month at that rate $0.4" in asks
    assert "read 3" in asks
    mia.post(on)
    schedule.refresh_from_db()
    assert schedule.running
    page = BeautifulSoup(mia.get(schedule.get_absolute_url()).content, "html.parser")
    assert len(page.select("aside ol time")) == 5
    listed = text(mia.get("/schedules/"))
    assert "Tonight and the coming week" in listed
    assert "next" in listed
    assert "No schedule matches" in mia.get("/schedules/?state=ended").text
    often = made(agent, trigger=Trigger(line="*/30 8-17 * * *"), zone="Europe/Berlin")
    (day,) = [
        day for day in strip(cast.mia, timezone.now()) if day.day == timezone.localdate() + timedelta(days=5)
    ]
    (many,) = [slot for slot in day.slots if slot.schedule == often]
    assert (many.number, many.last - many.first) == (20, timedelta(hours=9, minutes=30))
    assert "(20 runs)" in text(mia.get("/schedules/"))
    mia.post(reverse("schedules:skips", args=[schedule.pk]))
    assert "You skipped it." in mia.get(schedule.get_absolute_url()).text
    mia.post(reverse("schedules:off", args=[schedule.pk]))
    mia.post(reverse("schedules:ending", args=[schedule.pk]))
    schedule.refresh_from_db()
    assert schedule.ended
    assert mia.post(reverse("schedules:runs", args=[schedule.pk]), follow=True).text.count("has ended") == 1


def test_an_edit_shows_what_is_stored_and_takes_events(cast: Cast):
    agent, box = builders.triage(cast)
    schedule = made(agent, trigger=Trigger(line="0 8-18/2 * * *"), pairs=[("mail.list", box.pk)])
    mia, url = as_(cast.mia), reverse("schedules:edit", args=[schedule.pk])
    page = BeautifulSoup(mia.get(url).content, "html.parser")
    assert page.select_one("#id_when")["value"] == "every 2 hours from 8 to 18"
    assert [box_["value"] for box_ in page.select("input[name=envelope][checked]")] == [f"mail.list@{box.pk}"]
    options = [option.text for option in page.select("#id_event option")]
    assert options == [
        "Choose an event",
        "A new message in a folder in Support mailbox",
        "A signed web hook from another program",
    ]
    version = page.select_one("input[name=drawn_from]")
    assert signing.loads(version["value"], salt=SALT)
    change = typed(starts="event", event=f"mail.arrived@{box.pk}", drawn_from=version["value"], hourly=2)
    assert mia.post(url, {**change, "event": ""}).status_code == 422
    assert mia.post(url, change).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.kind, schedule.event, schedule.place, schedule.next_at) == (
        "event",
        "mail.arrived",
        "INBOX",
        None,
    )
    assert (
        "after a new message in a folder (INBOX) in Support mailbox"
        in mia.get(schedule.get_absolute_url()).text
    )
    mia.post(url, typed(starts="event", event=HOOK))
    page = mia.get(schedule.get_absolute_url()).text
    assert "Nothing can wake it yet" in page


def test_what_is_typed_is_shown_as_times(cast: Cast):
    mia, url = as_(cast.mia), reverse("schedules:preview")
    part = mia.post(
        url, {"when": "0 6 * * 1#1", "zone": "Europe/Berlin"}, headers={"HX-Request": "true"}
    ).text
    assert "The first Monday of a month at 06:00" in part
    assert part.count("<time") == 5
    assert "<html" not in part
    assert "no time of day" in mia.post(url, {"when": "every day at 26", "zone": "UTC"}).text
    once = mia.post(url, {"when": "once on 2027-03-28 at 02:30", "zone": "Europe/Berlin"}).text
    assert "28 Mar, 01:00" in once, "in the reader's zone, after the gap"


def test_history_late_runs_and_the_start_page(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support), trigger=Trigger(line="0 * * * *"), misfire="ask")
    first = due(schedule)
    beat(first)
    finish(Task.objects.get(), cost=None, fails=True)
    beat(first + timedelta(hours=5, minutes=30))
    mia, asked = as_(cast.mia), Run.objects.get(state="asks")
    home = mia.get("/").text
    assert "Run it now?" in home
    page = text(mia.get(schedule.get_absolute_url()))
    assert "and 3 more until" in page
    assert "The portal was not running at that time." in page
    assert "not priced" in page
    assert "The portal had an error" in page
    with at(first + timedelta(hours=5, minutes=40)):
        mia.post(reverse("schedules:late", args=[asked.pk]), {"answer": "run"})
    asked.refresh_from_db()
    assert asked.task is not None
    assert "Run it now?" not in mia.get("/").text


def test_nobody_else_sees_it(cast: Cast):
    schedule = made(builders.agent(cast.mia, cast.support))
    for person in (cast.lea, cast.ada, cast.olga):
        assert as_(person).get(schedule.get_absolute_url()).status_code == 404
        assert "every day" not in as_(person).get("/schedules/").text
    assert "No schedules yet" in as_(cast.lea).get(f"/schedules/?agent={schedule.agent_id}").text
