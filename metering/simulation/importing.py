"""A simulated world into an empty database: people, teams, numbers for agents; calls through the ledger's own door,
work items through theirs."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from metering.outcomes import actions as outcomes
from metering.outcomes.claims import Claim, CreditedTask, Reversal, Word, folded
from metering.outcomes.models import WorkItem
from metering.signals.facts import key
from metering.signals.models import TaskFact
from metering.signals.nightly import SETTLED
from metering.signals.sketches import sketch
from metering.simulation.models import Simulation
from metering.simulation.world import SOURCE, World
from metering.usage.calls import ModelCall
from metering.usage.ledger import Ingested, record_many
from metering.usage.models import UsageEvent
from portal import sessions
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.teams.models import Membership, Team

DOMAIN = "simulation.invalid"
WEEK = timedelta(weeks=1)
BATCH = 5_000


def load(world: World, now: datetime) -> tuple[Ingested, timedelta]:
    """What became of the events, and by how many whole weeks every time was moved: so that all lies shortly behind.

    All of it or nothing. Raises ValidationError for a database that has people or usage and is no simulation.
    """
    with sessions.unbounded(), transaction.atomic():  # a large company takes its time between two statements
        return _load(world, now)


def _load(world: World, now: datetime) -> tuple[Ingested, timedelta]:
    marked = Simulation.objects.exists()
    if not marked and (Person.objects.exists() or UsageEvent.objects.exists()):
        raise ValidationError(
            "This database is not empty and no simulation. Give import_usage a database of its own: set DATABASE_URL, "
            "or PORTAL_HOME to an empty folder, and run manage.py migrate there."
        )
    Simulation.objects.get_or_create(only=True)
    teams = _teams(world)
    people = _people(world, teams)
    agents = {
        name: number for number, name in enumerate(sorted({job.agent for job in world.jobs.values()}), 1)
    }
    moved = _moved(world, now)
    facts = _facts(world, people, teams, agents, moved)
    _items(facts)
    return record_many(_calls(world, people, teams, agents, moved), now=now), moved


def _moved(world: World, now: datetime) -> timedelta:
    """By whole weeks to the last day that is settled: the ledger keeps raw events for a while only."""
    last = max((used.call.at for used in world.used), default=now).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return (now - SETTLED - WEEK / 7 * 2 - last) // WEEK * WEEK


def _teams(world: World) -> dict[str, int]:
    names = {worker.team for worker in world.workers.values()}
    known = set(Team.objects.filter(name__in=names).values_list("name", flat=True))
    groups = Group.objects.bulk_create([Group(name=f"team: {name}") for name in sorted(names - known)])
    Team.objects.bulk_create([Team(name=group.name.removeprefix("team: "), group=group) for group in groups])
    return dict(Team.objects.filter(name__in=names).values_list("name", "pk"))


def _people(world: World, teams: dict[str, int]) -> dict[str, int]:
    """One person for each employee; nobody can sign in as one."""
    mails = {f"{name}@{DOMAIN}".lower(): worker for name, worker in world.workers.items()}
    known = set(Person.objects.filter(email__in=mails).values_list("email", flat=True))
    new = [
        Person(email=mail, display_name=worker.name, password=make_password(None))
        for mail, worker in mails.items()
        if mail not in known
    ]
    made = Person.objects.bulk_create(new, BATCH)
    Membership.objects.bulk_create(
        [
            Membership(person=person, team_id=teams[world.workers[person.display_name].team])
            for person in made
        ],
        BATCH,
    )
    found = dict(Person.objects.filter(email__in=mails).values_list("email", "pk"))
    return {worker.name: found[mail] for mail, worker in mails.items()}


def _facts(
    world: World,
    people: dict[str, int],
    teams: dict[str, int],
    agents: dict[str, int],
    moved: timedelta,
) -> list[TaskFact]:
    """A result counts as opened when its task ended; the file says no more. The other system's word likewise."""
    calls: dict[str, list[ModelCall]] = defaultdict(list)
    prompts: dict[str, str] = {}
    for used in world.used:
        calls[used.call.task].append(used.call)
        prompts.setdefault(used.call.task, used.prompt)
    secret = key()
    rows = []
    for job in world.jobs.values():
        mine = calls.get(job.name, [])
        created = job.created + moved
        ended = max([created, *(call.at + moved for call in mine)])
        rows.append(
            TaskFact(
                source=SOURCE,
                ref=job.name,
                person_id=people[job.worker],
                team_id=teams[world.workers[job.worker].team],
                agent_id=agents[job.agent],
                agent_name=job.agent,
                trigger=job.trigger,
                created_at=created,
                ended_at=ended,
                sketch=sketch(prompts[job.name], secret) if mine else None,
                opened_at=ended if job.opened else None,
                opened_by_other_at=ended if job.opened_by_other else None,
                effects=sum(call.changes for call in mine),
                item=job.item,
                verified_at=ended if job.verified else None,
                reversed_at=ended if job.reverted else None,
            )
        )
    TaskFact.objects.bulk_create(rows, BATCH, ignore_conflicts=True)
    return rows


def _items(facts: list[TaskFact]) -> None:
    """Which task carried which item, and the other system's word. Of a task that changed nothing it says nothing."""
    carrying = [fact for fact in facts if fact.item]
    outcomes.claim_many(PORTAL, (_claim(fact) for fact in carrying))
    done: dict[tuple[str, str], Word] = {}
    for fact in sorted(carrying, key=lambda fact: fact.ended_at or fact.created_at):
        if fact.verified_at and fact.effects:
            word = Word(SOURCE, fact.item, fact.verified_at)
            done.setdefault(word.key, word)
    outcomes.verify_many(PORTAL, done.values())
    # The file says that an item was undone, not when: at once, so that it is void.
    undone = {folded(fact.item): fact.item for fact in carrying if fact.reversed_at}
    verified = WorkItem.objects.filter(system=SOURCE, identity__in=undone, verified_at__isnull=False)
    since = verified.order_by().values_list("identity", "verified_at")
    outcomes.reverse_many(PORTAL, [Reversal(SOURCE, undone[name], at) for name, at in since if at])


def _claim(fact: TaskFact) -> Claim:
    credited = CreditedTask(
        source=SOURCE,
        task=fact.ref,
        person_id=fact.person_id,
        team_id=fact.team_id,
        began_at=fact.created_at,
        changed=fact.effects > 0,
        agent_id=fact.agent_id,
        agent_name=fact.agent_name,
    )
    return Claim(credited, SOURCE, fact.item)


def _calls(
    world: World,
    people: dict[str, int],
    teams: dict[str, int],
    agents: dict[str, int],
    moved: timedelta,
) -> Iterator[ModelCall]:
    for used in world.used:
        yield replace(
            used.call,
            at=(used.call.at + moved).astimezone(UTC),
            person_id=people[used.worker],
            team_id=teams[world.workers[used.worker].team],
            agent_id=agents.setdefault(used.call.agent_name, len(agents) + 1),
        )
