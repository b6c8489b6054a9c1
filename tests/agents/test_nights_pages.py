"""Pages of the evening and the morning: clear a pack, read the morning, choose the hours; nobody else sees them."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from agents.clearances.models import Clearance, ClearanceUse
from agents.lifecycle.tasks import park_task
from agents.nights.digest import digest
from agents.nights.models import NightHours
from agents.nights.now import clock
from agents.queue.models import Call, Task
from agents.schedules import actions as schedules
from agents.schedules.models import Run, Schedule
from agents.stops.models import Stop
from tests.agents.evenings import Evening, evening
from tests.agents.scheduled import at
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
PACK = reverse("nights:tonight")
# A winter's evening and morning of Mia's, whose zone is UTC.
DAY = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0, tzinfo=UTC) + timedelta(days=3)
EVENING, MORNING = DAY.replace(hour=19), DAY.replace(hour=8) + timedelta(days=1)


def text(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


@pytest.fixture
def here(cast: Cast) -> Evening:
    made = evening(cast)
    made.post("One")
    Schedule.objects.update(next_at=MORNING.replace(hour=6))
    made.schedule.refresh_from_db()
    return made


def test_a_pack_is_cleared_in_one_sitting_and_taken_back(cast: Cast, here: Evening):
    with at(EVENING):
        mia = as_(cast.mia)
        home = text(mia.get("/"))
        assert "Tonight: 1 ask to clear" in home
        page = mia.get(PACK)
        shown = BeautifulSoup(page.content, "html.parser")
        assert "came up in its last run" in text(page)
        assert "waits for your answer in the morning" in text(page)
        assert shown.select_one("option[selected]")["value"] == "8"
        (key,) = [box["value"] for box in shown.select("input[name=clear]")]
        nothing = mia.post(PACK, {"until": 8})
        assert (nothing.status_code, "Tick what may happen tonight" in nothing.text) == (422, True)
        assert mia.post(PACK, {"until": 13, "clear": key}).status_code == 422
        wrong = mia.post(PACK, {"until": 8, "clear": key, f"most-{key}": "900"})
        assert (wrong.status_code, "from 1 to 50" in wrong.text) == (422, True)
        assert not Clearance.objects.exists()
        done = mia.post(PACK, {"until": 9, "clear": key, f"most-{key}": "2"}, follow=True)
        assert "1 ask cleared until 09:00." in text(done)
        assert "2 of 2 left" in text(done)
        clearance = Clearance.objects.get()
        assert clearance.until == MORNING.replace(hour=9)
        again = mia.post(PACK, {"until": 9, "clear": key, f"most-{key}": "2"})
        assert (again.status_code, Clearance.objects.count()) == (422, 1)
        assert "to clear" not in text(mia.get("/"))
        assert "Nothing runs tonight" in text(as_(cast.lea).get(PACK))
        taken = mia.post(reverse("nights:withdrawal", args=[clearance.pk]), follow=True)
        assert "It asks again" in text(taken)
        safe = mia.post(PACK, {"until": 9, "which": "safe"}, follow=True)
        assert "1 ask cleared" in text(safe)


def test_what_is_forged_is_not_cleared(cast: Cast, here: Evening):
    with at(EVENING):
        for key in ("1.x", f"{here.schedule.pk}.{'0' * 64}"):
            assert as_(cast.mia).post(PACK, {"until": 8, "clear": key}).status_code == 422
        mine = BeautifulSoup(as_(cast.mia).get(PACK).content, "html.parser").select("[name=clear]")
        assert as_(cast.olga).post(PACK, {"until": 8, "clear": mine[0]["value"]}).status_code == 422
    assert not Clearance.objects.exists()


def test_switching_on_shows_tonights_pack_and_leads_there(cast: Cast, here: Evening):
    schedules.switch_off(cast.mia, here.schedule)
    on = reverse("schedules:on", args=[here.schedule.pk])
    page = text(as_(cast.mia).get(on))
    assert "What tonight will probably ask Post in the chat to lea.brandt@example.com" in page
    assert as_(cast.mia).post(on)["Location"] == PACK


def test_hours_are_the_persons(cast: Cast):
    mia, url = as_(cast.mia), reverse("nights:hours")
    assert mia.post(url, {"evening": 11, "morning": 7}).status_code == 422
    assert mia.post(url, {"evening": 21, "morning": 5}).status_code == 302
    assert "Your evening begins at 21:00" in text(mia.get(PACK))
    hours = NightHours.objects.get()
    assert (hours.person, hours.evening, hours.morning) == (cast.mia, 21, 5)
    with at(EVENING):
        assert not clock(cast.mia, EVENING).evening


def night(here: Evening) -> None:
    """Everything of the task happened at six."""
    six = MORNING.replace(hour=6)
    Task.objects.update(created_at=six, counts={"read": 3}, cost_micros=120_000)
    Run.objects.update(at=six, slot=six)


def test_the_morning_tells_what_ran_waits_failed_cost_and_was_stopped(cast: Cast, here: Evening):
    park_task(here.task, counts={})
    night(here)
    left = Run.objects.create(
        schedule=here.schedule, key="y", how="time", state="missed", slot=MORNING.replace(hour=5),
        cause={"code": "run_late", "params": {}},
    )  # fmt: skip
    Run.objects.filter(pk=left.pk).update(at=MORNING.replace(hour=5))
    stop = Stop.objects.create(scope="agent", agent=here.agent, set_by=cast.ada, why="Too loud")
    Stop.objects.filter(pk=stop.pk).update(set_at=MORNING.replace(hour=6, minute=30))
    with at(MORNING):
        home = text(as_(cast.mia).get("/"))
        assert "0 tasks done · 1 waits for an answer · 1 run left out · $0.12" in home
        page = text(as_(cast.mia).get(reverse("nights:morning")))
        for said in (
            "Waits for an answer",
            "1 ask waits",
            "read 3",
            "$0.12",
            "The portal was not running at that time.",
            "Ada Osei stopped Inbox triage",
            "Too loud",
        ):
            assert said in page
        assert "A quiet night" in text(as_(cast.lea).get(reverse("nights:morning")))
        assert "Last night" not in text(as_(cast.lea).get("/"))
        Task.objects.update(
            state="cancelled", cancel_requested_by=cast.ada, finished_at=MORNING.replace(hour=7)
        )
        assert "Ada Osei stopped it." in text(as_(cast.mia).get(reverse("nights:morning")))
        before = reverse("nights:of-day", args=[DAY.year, DAY.month, DAY.day])
        assert "A quiet night" in text(as_(cast.mia).get(before))
        later = MORNING + timedelta(days=2)
        assert (
            as_(cast.mia).get(reverse("nights:of-day", args=[later.year, later.month, later.day])).status_code
            == 404
        )
        assert as_(cast.mia).get("/nights/morning/2026-2-31/").status_code == 404


def test_what_was_cleared_is_counted(cast: Cast, here: Evening):
    with at(EVENING):
        here.clear(hours=12)
    with at(MORNING.replace(hour=6)):
        assert here.post("Two").state == Call.State.DONE
    ClearanceUse.objects.update(at=MORNING.replace(hour=6))
    found = digest(cast.mia, clock(cast.mia, MORNING).last)
    assert (found.cleared, found.night.morning) == (1, MORNING.replace(hour=7))
    assert isinstance(found.night.evening, datetime)
