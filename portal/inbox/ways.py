"""What the reader is told about each way out: whether it reaches them, and why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.notices import channels
from portal.notices.models import UNSENT, Delivery, Outage
from portal.people.models import Person

NOT_SET_UP = "Not set up in this portal. An admin can do that."
DOES_NOT_REACH = "It does not reach you yet."


@dataclass(frozen=True)
class State:
    """``says``: why nothing comes this way; empty where it works. ``away``: since when it does not answer."""

    title: str
    says: str = ""
    away: datetime | None = None
    waiting: int = 0  # notices for the reader that it could not take


def states(person: Person) -> Iterator[State]:
    away = dict(Outage.objects.values_list("channel", "since"))
    for way in channels.known():
        if not way.ready():
            yield State(way.title, NOT_SET_UP)
        elif not way.may(person):
            yield State(way.title, getattr(way, "missing", DOES_NOT_REACH))
        elif since := away.get(way.name):
            mine = Delivery.objects.filter(UNSENT, person=person, channel=way.name)
            yield State(way.title, away=since, waiting=mine.count())
        else:
            yield State(way.title)
