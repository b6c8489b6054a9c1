"""What usage_report writes of a simulated company: all figures and signals of everybody, which no page shows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum

from metering.outcomes.claims import folded, wrong
from metering.rollups.models import DayUsage
from metering.signals.items import Claim, credited
from metering.signals.models import Signal, TaskFact
from metering.signals.nightly import review
from metering.signals.rules import Kind
from metering.simulation import figures, groups
from metering.simulation.figures import Used, Values
from metering.simulation.models import Simulation
from metering.simulation.world import SOURCE
from portal.download import write
from portal.people.models import Person

Row = tuple[str, str, str, str]  # employee_id, metric, value, better

# Of each task that carried an item the least share of a call after its first that was read from the cache.
LEAST_CACHED_SQL = """
    SELECT task, min(cache_read_tokens::float / greatest(input_tokens, 1)) FROM metering_usageevent
    WHERE source = %s AND kind = 'call' AND turn > 0 GROUP BY task
"""


def marked() -> None:
    """Raises ValidationError for a database that is no simulation."""
    if not Simulation.objects.exists():
        raise ValidationError(
            "This database is no simulation, so nobody's figures are written out of it. "
            "manage.py import_usage makes one of an empty database."
        )


def per_person() -> Iterator[Row]:
    """Every figure that some page shows, for each person; of a group or an agent one row for each person in it."""
    marked()
    names = dict(Person.objects.order_by("display_name").values_list("pk", "display_name"))
    claims = _claims()
    items = credited(claims, lambda claim: claim.person)
    own: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        own[claim.person].append(claim)
    for person, used in _used("person").items():
        values = figures.of_person(used, own[person], items.get(person, set()))
        yield from _rows(names[person], "", values)
    yield from _agents(names, claims)
    for metric, people, micros, counted in groups.published(claims):
        for person in people:
            yield from _rows(names[person], f"{metric}: ", figures.of_group(micros, counted))


def _agents(names: dict[int, str], claims: list[Claim]) -> Iterator[Row]:
    """Each person's agents, numbered in the order of their names, so that worlds can be compared."""
    items = credited(claims, lambda claim: claim.agent)
    used = _used("agent_id")
    users: dict[int, list[int]] = defaultdict(list)
    pairs = DayUsage.objects.exclude(agent_id=0).order_by("agent_name", "agent_id")
    for person, agent in dict.fromkeys(pairs.values_list("person_id", "agent_id")):
        users[person].append(agent)
    for person, agents in users.items():
        for number, agent in enumerate(agents, 1):
            yield from _rows(
                names[person], f"agent {number}: ", figures.of_agent(used[agent], items.get(agent, set()))
            )


def _used(by: str) -> dict[int, Used]:
    """All there is in the roll-ups, by person or by agent."""
    sums = DayUsage.objects.order_by().values(by).annotate(
        micros=Sum("cost_micros"),
        read=Sum("input_tokens"),
        written=Sum("output_tokens"),
        calls=Sum("requests"),
        unpriced=Sum("unpriced_requests"),
    )  # fmt: skip
    return {
        row[by]: Used(
            None if row["unpriced"] == row["calls"] else row["micros"],
            row["read"] + row["written"],
            row["calls"],
            row["unpriced"],
        )
        for row in sums
    }


def _claims() -> list[Claim]:
    with connection.cursor() as cursor:
        cursor.execute(LEAST_CACHED_SQL, [SOURCE])
        cached = dict(cursor.fetchall())
    facts = TaskFact.objects.filter(source=SOURCE).exclude(item="").order_by("created_at", "pk")
    named = (fact for fact in facts if not wrong(SOURCE, fact.item))
    return [
        Claim(
            folded(fact.item),
            fact.person_id,
            fact.team_id,
            fact.agent_id,
            verified=fact.verified_at is not None,
            reversed=fact.reversed_at is not None,
            cached=cached.get(fact.ref, 1.0),
            day=fact.created_at.date(),
            changed=fact.effects > 0,
        )
        for fact in named
    ]


def _rows(employee: str, before: str, values: Values) -> Iterator[Row]:
    for figure, value in values.items():
        yield employee, f"{before}{figure.name}", "" if value is None else f"{value:.6f}", figure.better.value


def signals(now: datetime) -> Iterator[tuple[str, str, str]]:
    """(event, task, signal) of everybody, found as the nightly worker finds them, over the whole world."""
    marked()
    people = TaskFact.objects.order_by("person_id").values_list("person_id", flat=True).distinct()
    for person in list(people):
        review(person, now=now, all_of_it=True)
    for kind, tasks, calls in Signal.objects.order_by("pk").values_list("kind", "tasks", "calls"):
        if kind == Kind.CONTEXT:
            yield from ((key, "", kind) for key in calls)
        else:
            for ref in TaskFact.objects.filter(pk__in=tasks).order_by("ref").values_list("ref", flat=True):
                yield "", ref, kind


def written(file: Path, header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> int:
    """``rows`` into ``file`` as CSV; how many. Beside it first, so that a run that breaks leaves no half."""
    beside = file.with_name(f".{file.name}.part")
    with beside.open("w", newline="", encoding="utf-8") as handle:
        count = write(handle, header, rows)
    beside.replace(file)
    return count
