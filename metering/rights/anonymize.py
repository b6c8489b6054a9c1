"""Usage that passes to No one; no sum changes.

An accepted correction adds rows to the ledger. An erasure must leave no trace, so it changes rows: the ledger's guard
(``usage/sql/ledger_guard.sql``) lets a row pass to No one without its task, and refuses all else.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from metering.outcomes.models import Acceptance, Attribution, Feedback, WorkItem, WorkItemQuerySet
from metering.outcomes.reciprocity import WINDOW
from metering.publications.models import PublishedPeriod, Settled
from metering.rollups.models import DayUsage
from metering.rollups.periods import Period, midnight
from metering.signals.models import Signal, TaskFact
from metering.usage.actions import correct_all
from metering.usage.models import UsageEvent, UsageEventQuerySet
from portal.people.models import Person
from portal.people.nobody import no_one

ERASED = "erased"
ITEM_TEXTS = ("title", "summary", "reversal_note")  # content: a title may be a mail's subject
KEY = ("day", "person_id", "team_id", "agent_id", "provider", "model")


def day_sums() -> list[str]:
    """The columns of a roll-up that add up: every number that is not part of its key."""
    return [
        str(field.column)
        for field in DayUsage._meta.concrete_fields
        if isinstance(field, models.IntegerField) and field.column not in (*KEY, "id")
    ]


def days_to_no_one(where: str, values: list[Any], *, agents: bool = True, most: int | None = None) -> int:
    """Fold the roll-ups that ``where`` finds (SQL over ``metering_dayusage d``) into those of No one, ``most`` at most.

    Returns how many. Without ``agents`` they lose the agent too, because an agent often has one user.
    """
    sums = day_sums()
    agent = ("agent_id", "agent_name") if agents else ("0", "''")
    added = ", ".join(f"{column} = into_.{column} + excluded.{column}" for column in sums)
    limit = "" if most is None else f"LIMIT {int(most)}"
    statement = f"""
        WITH gone AS (
            DELETE FROM metering_dayusage WHERE id IN (
                SELECT d.id FROM metering_dayusage d WHERE {where} ORDER BY d.day, d.id {limit} FOR UPDATE
            ) RETURNING *
        ), put AS (
            INSERT INTO metering_dayusage AS into_
                (day, person_id, team_id, agent_id, agent_name, provider, model, {", ".join(sums)})
            SELECT day, %s, team_id, {agent[0]}, max({agent[1]}), provider, model,
                {", ".join(f"sum({column})" for column in sums)}
            FROM gone GROUP BY day, team_id, {"agent_id, " if agents else ""}provider, model
            ON CONFLICT (day, person_id, team_id, agent_id, provider, model) DO UPDATE SET {added}
        ), of_period AS (
            SELECT person_id, p.first_day, sum(cost_micros) AS micros
            FROM gone JOIN metering_publishedperiod AS p ON day BETWEEN p.first_day AND p.last_day
            WHERE person_id <> %s GROUP BY person_id, p.first_day
        ), of_row AS (
            SELECT r.id, sum(micros) FILTER (WHERE r.first_day = o.first_day) AS own,
                sum(micros) FILTER (WHERE r.first_day <> o.first_day) AS moved
            FROM of_period AS o CROSS JOIN LATERAL (
                SELECT * FROM metering_settled AS s WHERE s.person_id = o.person_id
                ORDER BY s.first_day <> o.first_day, s.first_day LIMIT 1) AS r
            GROUP BY r.id
        ), no_correction AS (
            UPDATE metering_settled AS s SET
                cost_micros = CASE WHEN own <> 0 THEN coalesce(cost_micros, 0) - own ELSE cost_micros END,
                late_micros = late_micros - coalesce(moved, 0)
            FROM of_row WHERE s.id = of_row.id
        ) SELECT count(*) FROM gone
    """  # noqa: S608  (names of columns are the model's, `where` is this module's callers')
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [*values, no_one().pk, no_one().pk])
        return int(cursor.fetchone()[0])


def fold(before: date, most: int) -> int:
    """Roll-ups of days before ``before`` lose person and agent, ``most`` of them. How many there were."""
    nobody = no_one().pk
    where = "d.day < %s AND NOT (d.person_id = %s AND d.agent_id = 0)"
    return days_to_no_one(where, [before, nobody], agents=False, most=most)


def items_before(before: date) -> models.QuerySet[WorkItem]:
    """Work items that were claimed and verified before ``before`` and still are somebody's."""
    then = midnight(before)
    old = WorkItem.objects.filter(Q(verified_at=None) | Q(verified_at__lt=then), claimed_at__lt=then)
    return old.exclude(person=no_one())


def item_texts_before(before: date) -> WorkItemQuerySet:
    """Work items whose texts are past their time; not those that wait for a colleague's word."""
    old = WorkItem.objects.filter(claimed_at__lt=midnight(before))
    waiting = Q(asked_of__isnull=False, verified_at=None, declined_at=None)
    return old.exclude(waiting).exclude(**dict.fromkeys(ITEM_TEXTS, ""))


def forget_item_texts(before: date, most: int) -> int:
    """Take them out of ``most`` work items at most. How many there were."""
    found = list(item_texts_before(before).order_by("id").values_list("pk", flat=True)[:most])
    return WorkItem.objects.filter(pk__in=found).update(**dict.fromkeys(ITEM_TEXTS, ""))


def thumbs_before(before: date) -> models.QuerySet[Feedback]:
    return Feedback.objects.filter(at__lt=midnight(before))


def fold_items(before: date, most: int) -> int:
    """Old work items lose their person, old thumbs and what kept circles together go; ``most`` of each. How many rows
    that were."""
    with transaction.atomic():
        thumbs = list(thumbs_before(before).order_by("id").values_list("pk", flat=True)[:most])
        Feedback.objects.filter(pk__in=thumbs).delete()
        past = list(Acceptance.objects.past().order_by("id").values_list("pk", flat=True)[:most])
        Acceptance.objects.filter(pk__in=past).delete()
        items = list(
            items_before(before).order_by("id").select_for_update().values_list("pk", flat=True)[:most]
        )
        rows = WorkItem.objects.filter(pk__in=items)
        _no_correction(rows)
        _remember(rows)
        Attribution.objects.filter(item__in=items).delete()
        items_to_no_one(rows)
        return len(thumbs) + len(past) + len(items)


def _remember(rows: WorkItemQuerySet) -> None:
    """Who confirmed whose work, as long as a circle can be closed with it. What was counted by now stays counted."""
    lately = rows.filter(verified_by__isnull=False, verified_at__gt=timezone.now() - WINDOW).order_by()
    pairs = lately.values_list("verified_by_id", "person_id", "verified_at__date").distinct()
    Acceptance.objects.bulk_create(
        [Acceptance(by_id=by, of_id=of, day=day) for by, of, day in pairs], ignore_conflicts=True
    )


def _no_correction(rows: WorkItemQuerySet) -> None:
    """What is taken off people now was counted when it was published: as for days, it leaves ``Settled`` too."""
    for done in PublishedPeriod.objects.all():
        counted = rows.counted().during(Period(done.first_day, done.last_day)).order_by()
        for person, number in counted.values_list("person_id").annotate(Count("pk")):
            settled = Settled.objects.filter(person=person).order_by("first_day")
            if not settled.filter(first_day=done.first_day).update(items=F("items") - number):
                settled.filter(pk__in=settled.values("pk")[:1]).update(late_items=F("late_items") - number)


def items_to_no_one(rows: models.QuerySet[WorkItem]) -> None:
    """Take out what would lead to the person. Who confirmed stays. So does the item's id in its system, because by it
    the item counts once."""
    rows.filter(verified_at=None).order_by().update(asked_of=None, asked_at=None, declined_at=None)
    texts = ("title", "summary", "agent_name", "source", "task", "reversal_note")
    rows.order_by().update(person=no_one(), agent_id=None, connection_id=None, **dict.fromkeys(texts, ""))


def erase_events(events: models.QuerySet[UsageEvent]) -> int:
    """Every event of these passes to No one and forgets its task: it has a person."""
    # A correction keeps saying that it has a reason (a constraint).
    note = models.Case(models.When(kind="correction", then=models.Value(ERASED)), default=models.Value(""))
    with to_no_one():
        return events.order_by().update(person=no_one(), task="", note=note)


def not_theirs(actor: Person, events: UsageEventQuerySet, *, note: str) -> int:
    """Take these calls off their person by corrections; returns how many. Team and cost stay.

    Days of which nothing is left are deleted. The work items of these tasks go along, or an item would cost its
    person less than it did.
    """
    with transaction.atomic():
        people = list(events.order_by().values_list("person_id", flat=True).distinct())
        _tasks_pass(
            set(events.exclude(task="").order_by().values_list("person_id", "source", "task").distinct())
        )
        calls = correct_all(actor, events, note=note, person=no_one())
        DayUsage.objects.filter(person__in=people, **dict.fromkeys(day_sums(), 0)).delete()
        return calls


def _tasks_pass(tasks: Collection[tuple[int, str, str]]) -> None:
    """The work items that tasks of (person, source, name) carried first, and what signals are made of."""
    for person, source in {(person, source) for person, source, _ in tasks}:
        names = [name for *of, name in tasks if of == [person, source]]
        items_to_no_one(WorkItem.objects.filter(person=person, source=source, task__in=names))
        Attribution.objects.filter(person=person, source=source, task__in=names).delete()
        facts = TaskFact.objects.filter(person=person, source=source, ref__in=names)
        gone = set(facts.values_list("pk", flat=True))
        signals = Signal.objects.filter(person=person)
        signals.filter(pk__in=[signal.pk for signal in signals if not gone.isdisjoint(signal.tasks)]).delete()
        facts.delete()


@contextmanager
def to_no_one() -> Iterator[None]:
    """Within: the ledger's guard lets rows pass to No one."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('metering.to_no_one', 'on', true)")
        yield
        cursor.execute("SELECT set_config('metering.to_no_one', '', true)")
