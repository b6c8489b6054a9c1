"""Signals in words, for their person: what was found and what one could do. No blame, no score."""

from dataclasses import dataclass
from datetime import datetime

from metering.privacy.visibility import Kind as ScopeKind
from metering.privacy.visibility import Scope
from metering.signals.models import QuietSchedule, Signal
from metering.signals.rules import Kind
from metering.signals.schedules import quiet_schedules
from portal.words import plural

LISTED = 3  # beside other things; the page of signals has them all

SAYS = {
    Kind.UNREAD: "{n} of {agent} ended without anybody opening the result, and changed nothing.",
    Kind.SCHEDULE: "{n} of {agent} ran on a schedule, and nobody opened a result.",
    Kind.LOOP: "{n} of {agent} went on for very long, read more with every call and changed nothing.",
    Kind.RERUN: "{n} of {agent} made the same calls again although they had worked.",
    Kind.ALIKE: "{n} of {agent} had nearly the same instruction, and none of them changed anything.",
    Kind.CONTEXT: "{n} of {agent} read far more than such tasks of yours did before, with no other outcome.",
}
BECAUSE = "In the weeks before, {before} of your {of} tasks stayed unopened and changed nothing."
ADVICE = {
    Kind.UNREAD: "If nobody needs these results, they need not be asked for.",
    Kind.SCHEDULE: "Stop this schedule?",
    Kind.LOOP: "A smaller job or a lower limit of steps ends earlier.",
    Kind.RERUN: "The first result is still on the task's page.",
    Kind.ALIKE: "One task for all of them, or a ready-made agent, may do the same.",
    Kind.CONTEXT: "A part of the text, or a search in it, often does as well.",
}


@dataclass(frozen=True, slots=True)
class DescribedSignal:
    """A signal with its sentence. ``pauses``: when its schedule is paused if nobody says anything."""

    signal: Signal
    sentence: str
    because: str
    advice: str
    pauses: datetime | None = None


def described(scope: Scope, limit: int | None = None) -> list[DescribedSignal]:
    """What a person has not answered yet, latest first. For one's own scope only."""
    if scope.kind is not ScopeKind.OWN:
        raise ValueError("Signals are shown to the person themselves only")
    rows = list(Signal.objects.within(scope).unanswered()[:limit])
    schedules = {schedule.agent_id: schedule for schedule in quiet_schedules(scope.viewer)} if rows else {}
    return [describe(row, schedules.get(row.agent_id)) for row in rows]


def describe(row: Signal, schedule: QuietSchedule | None = None) -> DescribedSignal:
    agent = row.agent_name or "a tool that is no agent here"
    return DescribedSignal(
        row,
        SAYS[Kind(row.kind)].format(n=plural(len(row.tasks), "task"), agent=agent),
        BECAUSE.format(**row.numbers) if row.numbers else "",
        ADVICE[Kind(row.kind)],
        schedule.pause_at if schedule is not None and row.kind == Kind.SCHEDULE else None,
    )
