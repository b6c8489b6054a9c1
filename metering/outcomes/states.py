"""The state of a work item for pages: a word and a sentence. Reads nothing."""

from typing import NamedTuple

from metering.outcomes.models import WorkItem
from portal.people.models import Person

SHARED = "Another person's task claims it too, so it counts for neither of you."


class State(NamedTuple):
    """``kind`` is one of the design system's tags, ``word`` stands beside its colour, ``says`` explains it."""

    kind: str
    word: str
    says: str


class Line(NamedTuple):
    item: WorkItem
    state: State


def lines(items: list[WorkItem]) -> list[Line]:
    return [Line(item, state(item)) for item in items]


def state(item: WorkItem) -> State:
    """For its person. ``asked_of`` and ``verified_by`` are read: select them with the item."""
    if item.verified_at is None:
        return _waiting(item)
    who = str(item.verified_by) if item.verified_by else item.system_name
    if item.voided:
        return State("deny", "undone", "It was reversed within 30 days, so it does not count.")
    if item.in_circle:
        return State(
            "quiet",
            "confirmed, not counted",
            f"{who} confirmed it. You confirm each other's work, directly or through others, so it counts for nobody.",
        )
    if item.shared:
        return State("quiet", "verified, not counted", f"{who} confirmed it. {SHARED}")
    if not item.changed:
        return State("quiet", "verified, not counted", f"{who} confirmed it, but the task changed nothing.")
    if item.reversed_at is not None:
        return State("allow", "verified", f"{who} confirmed it. It was reversed more than 30 days later.")
    return State("allow", "verified", f"{who} confirmed it.")


def _waiting(item: WorkItem) -> State:
    if item.shared:
        return State("quiet", "not counted", SHARED)
    if item.askable and item.by_hand:
        return State(
            "quiet",
            "not verified",
            f"It counts when {item.system_name} confirms that it is done and that you did it.",
        )
    if item.askable:
        return State(
            "quiet", "not verified yet", f"It counts when {item.system_name} confirms that it is done."
        )
    if item.asked_of is None:
        return State("quiet", "nobody asked yet", "It counts when a colleague confirms it. Ask one.")
    if item.declined_at is not None:
        return State("quiet", "not confirmed", f"{item.asked_of} said no. You can ask somebody else.")
    return State("ask", f"waits for {item.asked_of}", f"You asked {item.asked_of} whether it is done.")


def may_ask(item: WorkItem, person: Person) -> bool:
    """Is there a colleague's word to be had, and would it change anything?"""
    open_ = item.verified_at is None and not item.askable and not item.shared
    return open_ and item.person_id == person.pk


def may_answer(item: WorkItem, person: Person) -> bool:
    return item.asked_of_id == person.pk and item.verified_at is None and item.declined_at is None
