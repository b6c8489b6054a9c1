"""The sample company: sixteen people, a shared mailbox, a triage agent under a grant, and its first task.

Everything is made through the portal's own verbs, so it is also the shortest tour of them.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.connectors.mail.importing import import_folder
from agents.grants import actions as grants
from agents.grants.terms import Terms
from agents.policy.limits import ANY_WORDS
from agents.queue import actions as tasks
from agents.registry import actions as registry
from agents.registry.models import Agent
from agents.runtime import providers
from agents.sample.history import history
from metering.budgets import actions as budgets
from metering.budgets.permissions import of_team
from metering.permits import actions as permits
from metering.publishing import due
from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.permissions import Role
from portal.teams import actions as teams
from portal.teams.models import Membership, Team

MAILBOX = Path(__file__).parent / "mailbox"
LABELS = ("Alerts", "Invoices", "Lists", "Meetings", "Newsletters", "Other", "Questions", "Suspicious")
TRIAGE = "Sort the inbox: label every message, draft answers to questions, then tell me what you found."
# Nobody but a person sends a draft, so it may be to anybody and in the agent's own words: knowingly opened.
DRAFTS = Terms(
    limits={"to": {"only": ["*"]}, "subject": dict(ANY_WORDS), "text": dict(ANY_WORDS)},
)
WORDS = (
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
)


@dataclass(frozen=True, slots=True)
class SignIn:
    display_name: str
    email: str
    role_words: str
    password: str


@dataclass(frozen=True, slots=True)
class SampleCompany:
    people: list[SignIn]
    first_task_id: int


def create(progress: Callable[[str], None] = lambda line: None) -> SampleCompany:
    """Fill an empty database. All or nothing; the mailbox's folder is made first and may stay."""
    path = Path(settings.MAIL_ROOT) / "support"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        import_folder(MAILBOX, path)
    password = "-".join([*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])
    with transaction.atomic():
        progress("People and teams")
        ada, lea, mia, finn, aud, olga = _people(password)
        support, colleagues = _teams(lea, mia, olga)
        progress("A mailbox, a chat, an agent and its grants")
        mailbox, chat = _connections(ada, lea, support, path)
        triage = _triage_agent(mia, support, ada, mailbox, chat)
        _digest_agent(lea, support, mailbox, chat)
        progress("Four weeks of usage")
        history(support, triage, [mia, lea, *colleagues])
        asked = permits.request(
            lea, support, purpose="Plan the team's budget for next quarter", ends_at=_in_days(60)
        )
        permits.grant(ada, asked)
        due.publish_due()
        budgets.set_budget(lea, of_team(support), span="month", limit_micros=40_000_000, hard=True)
        task = tasks.queue(mia, triage, instruction=TRIAGE)
    signs = [
        (ada, "admin: grants capabilities, invites people"),
        (lea, "leads Support, may open its usage report"),
        (mia, "owns the triage agent"),
        (finn, "finance: cost by cost centre"),
        (aud, "auditor: the audit trail"),
        (olga, "works elsewhere and sees none of this"),
    ]
    return SampleCompany(
        [SignIn(str(person), person.email, words, password) for person, words in signs], task.pk
    )


def _person(name: str, manager: Person | None, *roles: Role, password: str | None = None) -> Person:
    email = f"{name.lower().replace(' ', '.')}@example.com"
    one = people.invite(PORTAL, email=email, display_name=name, manager=manager, roles=roles)
    return people.join(one, password=password) if password else one


def _people(password: str) -> tuple[Person, ...]:
    ada = _person("Ada Osei", None, Role.ADMIN, password=password)
    lea = _person("Lea Brandt", ada, password=password)
    mia = _person("Mia Park", lea, password=password)
    finn = _person("Finn Moreau", ada, Role.FINANCE, password=password)
    aud = _person("Aud Lindqvist", ada, Role.AUDITOR, password=password)
    olga = _person("Olga Petrova", ada, password=password)
    return ada, lea, mia, finn, aud, olga


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


def _connections(ada: Person, lea: Person, support: Team, path: Path) -> tuple[Connection, Connection]:
    mailbox = connections.add(
        ada,
        kind="mail",
        name="Support mailbox",
        team=support,
        settings={"path": str(path), "address": "support@example.com"},
    )
    chat = connections.add(ada, kind="chat", name="Portal chat", team=support, settings={})
    for person in (mailbox, chat):
        connections.test(ada, person)
    return mailbox, chat


def _triage_agent(mia: Person, support: Team, ada: Person, mailbox: Connection, chat: Connection) -> Agent:
    agent = registry.register(
        mia,
        name="Inbox triage",
        purpose="Sorts the support mailbox and prepares answers to questions",
        team=support,
        model=providers.default(),
        ready_made="triage",
        instructions=f"Use these labels and no others: {', '.join(LABELS)}. One label for each message.",
    )
    labels = Terms(limits={"label": {"only": list(LABELS)}})
    mail = {"mail.list": Terms(), "mail.read": Terms(), "mail.label": labels, "mail.draft": DRAFTS}
    until = _in_days(30)
    for connection, wanted, why in (
        (mailbox, mail, "Sort the shared inbox every morning before the team starts"),
        (
            chat,
            {"chat.post": Terms(limits={"to": {"only": [mia.email, "Support"]}})},
            "Tell the team what came in",
        ),
    ):
        asked = grants.request(mia, agent=agent, connection=connection, wanted=wanted, ends_at=until, why=why)
        granted = {row.pk: wanted[row.capability] for row in asked.grants.all()}
        grants.decide(ada, asked, granted=granted, ends_at=until, note="Labels from the team's list only.")
    return registry.go_live(ada, agent)  # who granted decides on that, too


def _digest_agent(lea: Person, support: Team, mailbox: Connection, chat: Connection) -> Agent:
    """In shadow mode, and waiting for Ada's decision: what a request looks like."""
    agent = registry.register(
        lea,
        name="Morning digest",
        purpose="Tells the team each morning what came in overnight",
        team=support,
        model=providers.OFFLINE,
    )
    grants.request(
        lea,
        agent=agent,
        connection=mailbox,
        wanted={"mail.list": Terms(), "mail.read": Terms(max_uses=500)},
        ends_at=_in_days(14),
        why="Try for two weeks whether a digest saves the team its morning round",
    )
    return agent


def _in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)
