"""The sample company: sixteen people, an agent with grants, its schedule and its first task.

Everything is made through the portal's own verbs, so it is also the shortest tour of them.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.connectors.plugins import AgentsPlugin, SampleAgent, SampleConnection
from agents.grants import actions as grants
from agents.grants.terms import Terms
from agents.lifecycle.agents import pause_agent
from agents.policy.declarations import Effect
from agents.queue import actions as tasks
from agents.registry import actions as registry
from agents.registry.models import Agent
from agents.runtime import providers
from agents.sample.history import history
from agents.sample.night import scheduled
from agents.sample.past import nights
from metering.budgets import actions as budgets
from metering.budgets.permissions import of_team
from metering.permits import actions as permits
from metering.publishing import due
from portal import plugins
from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.permissions import Role
from portal.plugins import SignIn
from portal.teams import actions as teams
from portal.teams.models import Membership, Team

Say = Callable[[str], None]
# A kind, what it adds, the connection's settings and its secret.
Brought = tuple[str, SampleConnection, Mapping[str, Any], str]
PLAIN = SampleAgent("Assistant", "Helps the support team")  # where no connector brings one
WORDS = [
    "amber",
    "birch",
    "cedar",
    "coral",
    "ember",
    "fern",
    "harbor",
    "lantern",
    "maple",
    "meadow",
    "river",
    "slate",
]

# Who signs in: name, manager, roles, and who that is.
PEOPLE: tuple[tuple[str, str, tuple[Role, ...], str], ...] = (
    ("Ada Osei", "", (Role.ADMIN,), "admin: grants capabilities, invites people"),
    ("Lea Brandt", "Ada Osei", (), "leads Support, may open its usage report"),
    ("Mia Park", "Lea Brandt", (), "owns the first agent"),
    ("Finn Moreau", "Ada Osei", (Role.FINANCE,), "finance: cost by cost centre"),
    ("Aud Lindqvist", "Ada Osei", (Role.AUDITOR,), "auditor: the audit trail"),
    ("Olga Petrova", "Ada Osei", (), "works elsewhere and sees none of this"),
)


def create(progress: Say = lambda line: None) -> list[SignIn]:
    """Fill an empty database. All or nothing; what connections need on disk is made first and may stay."""
    brought = list(_brought(progress))
    together = [one for one in brought if one[1].agent is None]
    apart = [(one[1].agent, one) for one in brought if one[1].agent is not None]
    password = "-".join([*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])
    with transaction.atomic():
        progress("People and teams")
        known: dict[str, Person] = {}
        for name, manager, roles, _ in PEOPLE:
            known[name] = _person(name, known.get(manager), *roles, password=password)
        ada, lea, mia, *_, olga = known.values()
        support, colleagues = _teams(lea, mia, olga)
        progress("Connections, an agent and its grants")
        agent = _working(first_job(), mia, support, ada, together)
        others = [(_working(job, mia, support, ada, [one]), job.task) for job, one in apart]
        digest = _digest_agent(lea, support, {kind for _, (kind, *_) in apart})
        progress("Four weeks of usage")
        history(support, agent, [mia, lea, *colleagues])
        asked = permits.request(
            lea, support, purpose="Plan the team's budget for next quarter", ends_at=_in_days(60)
        )
        permits.grant(ada, asked)
        due.publish_due()
        budgets.set_budget(lea, of_team(support), span="month", limit_micros=40_000_000, hard=True)
        if instruction := first_job().task:
            scheduled(agent, instruction)
            nights(agent)
            tasks.queue(mia, agent, instruction=instruction)
        for another, instruction in others:
            if instruction:
                tasks.queue(mia, another, instruction=instruction)
        pause_agent(ada, digest, why="Support sorts its old mail this week. Try the digest after that.")
    return [SignIn(name, known[name].email, words, password) for name, _, _, words in PEOPLE]


def _person(name: str, manager: Person | None, *roles: Role, password: str | None = None) -> Person:
    email = f"{name.lower().replace(' ', '.')}@example.com"
    invited = people.invite(PORTAL, email=email, display_name=name, manager=manager, roles=roles)
    return people.join(invited, password=password) if password else invited


def _teams(lea: Person, mia: Person, olga: Person) -> tuple[Team, list[Person]]:
    support = teams.create(PORTAL, name="Support", cost_centre="4100")
    sales = teams.create(PORTAL, name="Sales", cost_centre="4200")
    teams.add_member(PORTAL, support, person=lea, role=Membership.Role.LEAD)
    teams.add_member(PORTAL, sales, person=olga)
    names = (
        *("Ben Okafor", "Chiara Ricci", "Dmitri Novak", "Emi Tanaka", "Farid Haddad"),
        *("Greta Holm", "Hugo Alves", "Ines Roth", "Jonas Weber", "Kaya Demir"),
    )
    colleagues = [_person(name, lea) for name in names]
    for person in (mia, *colleagues):
        teams.add_member(PORTAL, support, person=person)
    return support, colleagues


def samples() -> Iterator[tuple[str, SampleConnection]]:
    """What each kind of connector adds to the company."""
    for plugin in plugins.of_kind(AgentsPlugin):
        yield from plugin.sample_connections.items()


def first_job() -> SampleAgent:
    return next((job for plugin in plugins.of_kind(AgentsPlugin) for job in plugin.sample_agent), PLAIN)


def register(job: SampleAgent, owner: Person, team: Team, **more: Any) -> Agent:
    """The agent of this job."""
    model = providers.default()
    words: dict[str, Any] = {"name": job.name, "purpose": job.purpose, "ready_made": job.ready_made}
    return registry.register(owner, team=team, model=model, **words, **more)


def connect(agent: Agent, admin: Person, brought: Iterable[Brought], *, until: datetime, say: Say) -> None:
    """Connections of the agent's team, and what the admin grants the agent on each of them, as its owner asked."""
    for kind, sample, settings, secret in brought:
        connection = connections.add(
            admin, kind=kind, name=sample.name, team=agent.team, settings=settings, secret=secret
        )
        connections.test(admin, connection)
        limits = sample.limits(agent.owner.email, str(agent.team))
        wanted = {
            name: Terms(limits={key: dict(limit) for key, limit in by_argument.items()})
            for name, by_argument in limits.items()
        }
        asked = grants.request(
            agent.owner, agent=agent, connection=connection, wanted=wanted, ends_at=until, why=sample.why
        )
        granted = {row.pk: wanted[row.capability] for row in asked.grants.all()}
        grants.decide(
            admin, asked, granted=granted, ends_at=until, note="All that you asked for, and no more."
        )
        say(f"Granted {', '.join(wanted)} on {connection} until {until:%d %B %H:%M} UTC")


def _working(job: SampleAgent, mia: Person, support: Team, ada: Person, brought: list[Brought]) -> Agent:
    """Mia's agent, with what Ada grants it on these connections. Ada lets it act for real."""
    agent = register(job, mia, support, instructions=job.instructions)
    connect(agent, ada, brought, until=_in_days(30), say=lambda line: None)
    return registry.go_live(ada, agent) if brought else agent


def _brought(progress: Say) -> Iterator[Brought]:
    """What connectors add here; of what this machine lacks something for, that is said in one line."""
    for kind, sample in samples():
        if lack := sample.lacks():
            progress(lack)
        else:
            yield kind, sample, sample.settings(), ""


def _digest_agent(lea: Person, support: Team, apart: Iterable[str]) -> Agent:
    """In shadow mode, and waiting for Ada's decision: what a request looks like."""
    agent = registry.register(
        lea,
        name="Morning digest",
        purpose="Tells the team each morning what came in overnight",
        team=support,
        model=providers.OFFLINE,
    )
    for connection in Connection.objects.filter(team=support).exclude(kind__in=apart).order_by("pk"):
        offered = connection.connector.capabilities
        if reads := [capability.name for capability in offered if capability.effect is Effect.READ]:
            grants.request(
                lea,
                agent=agent,
                connection=connection,
                wanted={name: Terms(max_uses=500) for name in reads},
                ends_at=_in_days(14),
                why="Try for two weeks whether a digest saves the team its morning round",
            )
    return agent


def _in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)
