"""Schedules that must not run on: of a person who left, and those whose results nobody reads."""

from agents.schedules.actions import pause
from agents.schedules.models import Schedule
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.reasons import because


def person_left(person: Person) -> None:
    """Called inside the verb by which a person leaves. Their schedules stay theirs: nobody else lets them go on."""
    for schedule in Schedule.objects.on().filter(person=person).order_by("pk"):
        pause(PORTAL, schedule, cause=because("who_left", who=str(person)))


def pause_unread(person_id: int, agent_id: int, why: str) -> bool:
    """What ``metering`` asks for where nobody opened the results for weeks; was there anything to pause?"""
    rows = list(Schedule.objects.on().filter(person=person_id, agent=agent_id).order_by("pk"))
    for schedule in rows:
        pause(PORTAL, schedule, cause=because("schedule_unread"))
    return bool(rows)
