"""Tonight's pack: the asks that tonight's runs will probably raise, and which of them can be answered now."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst

from agents.approvals.models import Approval
from agents.clearances.live import holds
from agents.clearances.models import Clearance
from agents.connections.models import Connection
from agents.connectors import catalogue, telling
from agents.grants.models import Grant
from agents.nights import shapes
from agents.nights.times import LATEST, Night
from agents.planning.planner import plan
from agents.policy.declarations import Capability, Effect
from agents.policy.limits import ANY_WORDS, within
from agents.policy.shapes import fixed, shape
from agents.queue.models import Call, Task
from agents.schedules import describe
from agents.schedules.models import Run, Schedule
from agents.schedules.times import times
from portal.people.models import Person

LOOKED_AT = 7  # runs
TRIED = 3  # tasks by hand of the same instruction, where it never ran
SHOWN = 12  # asks of one schedule


@dataclass(frozen=True, slots=True)
class Item:
    """One ask that will probably come. ``against``: why it cannot be cleared now. ``nights``: runs in which it came."""

    schedule: Schedule
    declared: Capability
    grant: Grant
    arguments: Mapping[str, Any]
    nights: int
    most: int
    against: str
    second: bool
    standing: Clearance | None
    shadow: bool = False

    @property
    def key(self) -> str:
        return f"{self.schedule.pk}.{shape(self.declared, self.grant.connection_id, self.arguments)}"

    @property
    def sentence(self) -> str:
        if self.against == shapes.WHERE:  # its arguments are what nobody knows
            return capfirst(self.declared.title)
        return self.declared.sentence(self.arguments)

    @property
    def clearable(self) -> bool:
        return not self.against and self.standing is None

    @property
    def planned(self) -> bool:
        """Known from the instruction alone."""
        return not self.nights

    @property
    def safe(self) -> bool:
        """It came up before, and nobody outside of the grant's limits and the person's words is reached by it."""
        return self.clearable and not self.planned and not self.second


@dataclass(frozen=True, slots=True)
class Section:
    """One schedule of tonight: when it is due, and its asks. ``runs``: how many were looked at."""

    schedule: Schedule
    when: str
    due: tuple[datetime, ...]
    runs: int
    items: tuple[Item, ...]

    @property
    def times(self) -> int:
        return len(self.due)

    @property
    def more(self) -> int:
        return self.times - 1


def sections(person: Person, now: datetime, night: Night) -> list[Section]:
    """One's own schedules of tonight, then those of others whose asks one answers as the second person."""
    end = night.until(LATEST)
    tonight = Schedule.objects.on().filter(Q(kind=Schedule.Kind.EVENT) | Q(next_at__lt=end)).for_reading()
    mine = list(tonight.filter(person=person).order_by("next_at", "pk"))
    found = [section(row, person, now, end) for row in mine]
    approving = set(Connection.objects.approvable_by(person).values_list("pk", flat=True))
    asked = Approval.objects.filter(second_person=True, call__connection__in=approving)
    runs = Run.objects.filter(task__in=asked.values("call__task")).values("schedule")
    for row in tonight.filter(pk__in=runs).exclude(person=person).order_by("next_at", "pk"):
        theirs = section(row, person, now, end)
        items = tuple(one for one in theirs.items if one.second and one.grant.connection_id in approving)
        found += [Section(row, theirs.when, theirs.due, theirs.runs, items)] if items else []
    return found


def section(schedule: Schedule, reader: Person, now: datetime, end: datetime) -> Section:
    tasks = list(schedule.runs.with_tasks().values_list("task_id", flat=True)[:LOOKED_AT])
    if not tasks:
        alike = Task.objects.filter(person=schedule.person_id, agent=schedule.agent_id)
        same = alike.filter(instruction=schedule.instruction).order_by("-pk")
        tasks = list(same.values_list("pk", flat=True)[:TRIED])
    grants = _grants(schedule, now)
    items = [*_from_runs(schedule, tasks, grants, reader)]
    seen = {(one.declared.name, one.grant.connection_id) for one in items}
    items += [one for one in _from_plan(schedule, grants, reader) if _pair(one.grant) not in seen]
    items.sort(key=lambda one: (bool(one.against), -one.nights, one.sentence))
    due = tuple(_due(schedule, end))
    return Section(schedule, describe.when(schedule), due, len(tasks), tuple(items[:SHOWN]))


def _pair(grant: Grant) -> tuple[str, int]:
    return grant.capability, grant.connection_id


def _due(schedule: Schedule, end: datetime) -> Iterator[datetime]:
    if schedule.next_at is None:
        return
    yield schedule.next_at
    if schedule.kind == Schedule.Kind.TIMES:
        yield from takewhile(lambda at: at < end, times(schedule.line, schedule.zone, schedule.next_at))


def _grants(schedule: Schedule, now: datetime) -> dict[tuple[str, int], list[Grant]]:
    """The live grants of what the schedule may use."""
    rows = Grant.objects.live(now).filter(agent=schedule.agent_id).select_related("connection").order_by("pk")
    found: dict[tuple[str, int], list[Grant]] = defaultdict(list)
    for grant in rows:
        if [grant.capability, grant.connection_id] in schedule.envelope and grant.declared is not None:
            found[_pair(grant)].append(grant)
    return found


def _from_runs(
    schedule: Schedule, tasks: Sequence[int], grants: Mapping[tuple[str, int], list[Grant]], reader: Person
) -> Iterator[Item]:
    asked = Q(approval__isnull=False) | Q(cleared__isnull=False) | Q(state=Call.State.WOULD, verdict="ask")
    calls = Call.objects.filter(asked, task__in=tasks).defer("result").order_by("pk")
    alike: dict[tuple[str, int, str], list[Call]] = defaultdict(list)
    for call in calls.select_related("approval", "cleared__clearance"):
        declared = catalogue().get(call.capability)
        held = grants.get((call.capability, call.connection_id or 0))
        if declared is None or not held:
            continue
        once = shapes.of_one_night(declared, call.arguments, held[0].limits)
        which = "" if once else shape(declared, call.connection_id or 0, call.arguments)
        alike[call.capability, call.connection_id or 0, which].append(call)
    for (name, place, which), group in alike.items():
        if item := _item(schedule, group, grants[name, place], reader, once=not which):
            yield item


def _item(
    schedule: Schedule, group: Sequence[Call], held: list[Grant], reader: Person, *, once: bool
) -> Item | None:
    declared, last = catalogue()[group[0].capability], group[-1]
    arguments = fixed(declared, last.arguments)
    grant = next((one for one in held if _covers(one, arguments)), None)
    if grant is None:
        return None
    why = [shapes.codes(call) for call in group]
    best = next((codes for codes in why if not shapes.against(declared, codes)), why[-1])
    in_runs = Counter(call.task_id for call in group)
    return _made(
        schedule, declared, grant, arguments, best, reader,
        nights=len(in_runs), most=max(in_runs.values()), once=once,
        shadow=all(call.state == Call.State.WOULD for call in group),
    )  # fmt: skip


def _from_plan(
    schedule: Schedule, grants: Mapping[tuple[str, int], list[Grant]], reader: Person
) -> Iterator[Item]:
    """What the instruction's words need and will have to ask for, though no run has shown it yet."""
    held = {pair: grant.declared for pair, (grant, *_) in grants.items()}
    wanted = plan(schedule.instruction, {one.name: one for one in held.values() if one is not None}.values())
    for pair, (grant, *_) in grants.items():
        declared = held[pair]
        if declared is None or declared.name not in wanted or declared.effect is Effect.READ:
            continue
        private = declared.name in telling() and shapes.private(declared, grant.limits, schedule.person.email)
        codes = shapes.likely(declared, grant.limits, always_ask=grant.always_ask, private=private)
        if not codes:
            continue
        second = grant.second_person and declared.second_person != "outside"
        known = shapes.foreseen(declared, grant.limits)
        yield _made(
            schedule, declared, grant, known or {}, codes | ({"second_person"} if second else set()), reader,
            nights=0, most=1, unknown=known is None,
        )  # fmt: skip


def _made(
    schedule: Schedule, declared: Capability, grant: Grant, arguments: Mapping[str, Any], codes: frozenset[str],
    reader: Person, *, nights: int, most: int, once: bool = False, unknown: bool = False, shadow: bool = False,
) -> Item:  # fmt: skip
    second, own = "second_person" in codes, schedule.person_id == reader.pk
    against = shapes.against(declared, codes)
    if not against and once:
        against = shapes.EACH_NIGHT
    if not against and unknown:
        against = shapes.WHERE
    if not against and second and own:
        against = f"A second person clears this: an approver of {grant.connection}."
    wanted = shape(declared, grant.connection_id, arguments)
    rows = Clearance.objects.open().current().filter(schedule=schedule, shape=wanted, second_person=second)
    standing = next((row for row in rows.for_reading().order_by("-pk") if holds(row)), None)
    return Item(
        schedule, declared, grant, arguments, nights, most, against, second, standing, shadow
    )  # fmt: skip


def _covers(grant: Grant, arguments: Mapping[str, Any]) -> bool:
    limits = ((name, limit) for name, limit in grant.limits.items() if limit != ANY_WORDS)
    return all(within(limit, arguments.get(name)) for name, limit in limits)
