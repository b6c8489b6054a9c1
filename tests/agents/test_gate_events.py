"""What schedules wait for at the gate: the portal looks where the agent itself could now, unasked, and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors.base import ConnectionContext, EventKind, News, Watch
from agents.gate.events import Look, look_at, may_look
from agents.grants.models import Grant
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.stops import lift_stop, set_stop
from agents.policy.declarations import Argument, Role
from agents.registry.models import Agent, AgentPersonShare, AgentTeamShare
from agents.stops.models import Stop
from portal.people.models import Person
from tests import builders
from tests.agents.gated import Scene, Strange, here, strange  # noqa: F401

pytestmark = pytest.mark.django_db
Change = Callable[[Scene], object]


def arrived(here: Scene, place: str = "INBOX") -> Look:
    """New messages in a folder: the grant has to cover the folder."""
    return Look(here.agent, here.cast.mia, here.box, "mail.arrived", place)


def mentioned(here: Scene) -> Look:
    """A mention in the chat, which has no place to choose."""
    return Look(here.agent, here.cast.mia, here.chat, "chat.mention", "")


def grants(**changes: object) -> Change:
    def change(here: Scene) -> None:
        Grant.objects.filter(capability__in=["mail.list", "chat.post"]).update(**changes)

    return change


def places(**changes: object) -> Change:
    return lambda here: Connection.objects.update(**changes)


def everything_stopped(here: Scene) -> None:
    set_stop(here.cast.ada, scope=Stop.Scope.EVERYTHING, why="a drill")


def connections_stopped(here: Scene) -> None:
    for place in (here.box, here.chat):
        set_stop(here.cast.ada, scope=Stop.Scope.CONNECTION, connection=place, why="a drill")


def capabilities_stopped(here: Scene) -> None:
    for name in ("mail.list", "chat.post"):
        set_stop(here.cast.ada, scope=Stop.Scope.CAPABILITY, capability=name, why="a drill")


def agent_stopped(here: Scene) -> None:
    pause_agent(here.cast.mia, here.agent)
    Agent.objects.update(state=Agent.State.ACTIVE)  # the stop alone


def unshared(here: Scene) -> None:
    AgentPersonShare.objects.all().delete()
    AgentTeamShare.objects.all().delete()


def owner_left(here: Scene) -> None:
    Agent.objects.update(owner=here.cast.olga)
    Person.objects.filter(pk=here.cast.olga.pk).update(is_active=False)


AGAINST: dict[str, Change] = {
    "the agent is paused": lambda here: pause_agent(here.cast.mia, here.agent),
    "the agent is stopped": agent_stopped,
    "the agent is a draft": lambda here: Agent.objects.update(state=Agent.State.DRAFT),
    "its owner left": owner_left,
    "the person left": lambda here: Person.objects.filter(pk=here.cast.mia.pk).update(is_active=False),
    "the agent is no longer shared": unshared,
    "everything is stopped": everything_stopped,
    "the connections are stopped": connections_stopped,
    "the capabilities are stopped": capabilities_stopped,
    "the connections are removed": places(state=Connection.State.REMOVED),
    "the connections are somebody else's own": lambda here: places(person=here.cast.lea, team=None)(here),
    "the grants are revoked": grants(state=Grant.State.REVOKED),
    "the grants have ended": lambda here: grants(ends_at=timezone.now() - timedelta(seconds=1))(here),
    "the grants are used up": grants(max_uses=2, used=2),
    "the grants are of another agent": lambda here: grants(
        agent=builders.agent(here.cast.mia, here.cast.support, name="Other")
    )(here),
    "the grants are for other places": lambda here: grants(
        connection=builders.mail(here.cast.ada, here.cast.support, name="Other mailbox")
    )(here),
    "the grants are of other capabilities": grants(capability="mail.read"),
}
NOT_AGAINST: dict[str, Change] = {
    "nothing changed": lambda here: None,
    "something else is stopped": lambda here: set_stop(
        here.cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.move", why="a drill"
    ),
    "a stop was lifted": lambda here: lift_stop(
        here.cast.ada, set_stop(here.cast.ada, scope=Stop.Scope.EVERYTHING, why="a drill")
    ),
    "the connections are the person's own": lambda here: places(person=here.cast.mia, team=None)(here),
}


def test_the_portal_looks_where_the_agent_could_now_and_nowhere_else(here):
    for expected, changes in ((False, AGAINST), (True, NOT_AGAINST)):
        for why, change in changes.items():
            with transaction.atomic():
                change(here)
                found = may_look(arrived(here)), may_look(mentioned(here))
                transaction.set_rollback(True)
            assert found == (expected, expected), why


def test_a_grant_covers_the_place_and_asks_nobody(here):
    mail = Grant.objects.filter(capability="mail.list")
    mail.update(limits={"folder": {"only": ["Clients"]}})
    assert [may_look(arrived(here, place)) for place in ("Clients", "INBOX")] == [True, False]
    mail.update(always_ask=True)
    assert not may_look(arrived(here, "Clients")), "it would have to ask"


def test_one_grant_of_two_is_enough(here):
    """The chat's: of a place nothing is asked, so only whether a grant can be used now."""
    Grant.objects.filter(capability="chat.post").update(max_uses=1, used=1)
    assert not may_look(mentioned(here))
    builders.grant(here.agent, here.chat, "chat.post", by=here.cast.ada)
    assert may_look(mentioned(here))


def test_what_the_connector_cannot_tell_of_is_not_looked_for(here, monkeypatch):
    assert not may_look(replace(arrived(here), event="mail.sent"))
    assert not may_look(replace(mentioned(here), event="mail.arrived"))
    kinds = (EventKind("odd", "something odd", needs="strange.gone"),)
    monkeypatch.setattr(Strange, "events", kinds)
    _, place = strange(here.cast, here.agent, monkeypatch)
    Grant.objects.filter(connection=place, capability="strange.read").update(capability="strange.gone")
    assert not may_look(Look(here.agent, here.cast.mia, place, "odd", ""))


def test_a_second_person_is_needed_only_where_it_leaves_the_company(here, monkeypatch, settings):
    settings.COMPANY_DOMAINS = ("example.com",)
    of = Argument("of", Role.DEST, "Of", kind="address")
    reads = replace(Strange.capabilities[0], second_person="outside", arguments=(of,))
    monkeypatch.setattr(Strange, "capabilities", (reads,))
    monkeypatch.setattr(Strange, "events", (EventKind("said", "a letter", needs=reads.name, argument="of"),))
    _, place = strange(here.cast, here.agent, monkeypatch)
    Grant.objects.filter(capability=reads.name).update(second_person=True)
    look = Look(here.agent, here.cast.mia, place, "said", "lea@example.com")
    assert may_look(look)
    assert not may_look(replace(look, place="lea@else.example"))


def test_the_connector_is_told_who_looks_for_what_from_where_on(here, monkeypatch):
    asked: list[tuple[ConnectionContext, Watch]] = []
    news = News((), cursor=8)

    def tells(self: object, connection: ConnectionContext, watch: Watch) -> News:
        asked.append((connection, watch))
        return news

    monkeypatch.setattr(type(here.box.connector), "news", tells)
    look = replace(arrived(here), cursor=7)
    assert look_at(look) is news
    watch = Watch("mail.arrived", "INBOX", here.agent.pk, here.agent.name, here.cast.mia.pk, 7)
    assert asked == [(here.box.context(), watch)]
    pause_agent(here.cast.mia, here.agent)
    assert look_at(look) is None
    assert len(asked) == 1
