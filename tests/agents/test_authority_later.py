"""What waits for a decision, or is looked up later: the right is that of the moment, not of when it was asked for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.approvals import actions as approvals
from agents.connections import actions as connections
from agents.gate import outcomes
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.agents import share_agent, unshare_agent
from agents.permissions import ConnectionPermission, Level
from agents.queue import actions as tasks
from agents.registry.models import Agent, AgentPersonShare
from agents.succession import actions as succession
from agents.sweep import sweep
from metering.outcomes.models import WorkItem
from portal.audit.models import Entry
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Membership
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene, here  # noqa: F401
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
SOON = timedelta(days=3)


@pytest.fixture
def asked(cast: Cast) -> GrantRequest:
    """Olga manages Mia's agent by her team's share, and asks for something that Ada decides on."""
    agent = builders.agent(cast.mia, cast.support)
    share_agent(cast.mia, agent, reader=cast.sales, level=Level.MANAGER)
    box = builders.mail(cast.ada, cast.support)
    wanted, until = {"mail.read": Terms()}, timezone.now() + SOON
    return grants.request(cast.olga, agent=agent, connection=box, wanted=wanted, ends_at=until, why="x")


WAYS = {
    "unshared": lambda cast, agent: unshare_agent(cast.mia, agent, reader=cast.sales),
    "made an operator": lambda cast, agent: share_agent(
        cast.mia, agent, reader=cast.sales, level=Level.OPERATOR
    ),
    "left the team": lambda cast, agent: teams.end_membership(
        cast.ada, Membership.objects.current().get(person=cast.olga)
    ),
    "left, by a row": lambda cast, agent: Person.objects.filter(pk=cast.olga.pk).update(is_active=False),
}


def decide(cast: Cast, asked: GrantRequest) -> None:
    [grant] = asked.grants.all()
    grants.decide(cast.ada, asked, granted={grant.pk: Terms()}, ends_at=grant.ends_at)


@pytest.mark.parametrize("way", WAYS)
def test_a_request_ends_with_its_askers_right(cast: Cast, asked: GrantRequest, way: str) -> None:
    assert GrantRequest.objects.to_decide_by(cast.ada).exists()
    WAYS[way](cast, asked.agent)
    assert not GrantRequest.objects.to_decide_by(cast.ada).exists()
    with pytest.raises(ValidationError, match=r"Olga Petrova, who requested it, .* Request it again"):
        decide(cast, asked)
    assert not Grant.objects.live().exists()
    sweep()
    assert asked.grants.get().state == Grant.State.WITHDRAWN
    entry = Entry.objects.get(event="grants.withdrawn")
    assert entry.details["why"]["code"] == ("asker_left" if way.startswith("left, ") else "asker_lost")


def test_it_is_decided_while_the_asker_manages_the_agent(cast: Cast, asked: GrantRequest) -> None:
    share_agent(cast.mia, asked.agent, reader=cast.olga, level=Level.MANAGER)
    unshare_agent(cast.mia, asked.agent, reader=cast.sales)
    sweep()
    decide(cast, asked)
    assert Grant.objects.live().get().request == asked


@pytest.mark.parametrize("lost", [False, True])
def test_a_proposal_counts_while_its_asker_uses_the_agent(cast: Cast, lost: bool) -> None:
    """Proposing in an ask takes no right to manage: an operator's own task asked."""
    agent = builders.agent(cast.mia, cast.support)
    share_agent(cast.mia, agent, reader=cast.olga, level=Level.OPERATOR)
    room = builders.chat(cast.ada, cast.support)
    builders.grant(agent, room, "chat.post", by=cast.ada, terms=Terms(always_ask=True))
    ask = transcripts.asking(transcripts.running(cast.olga, agent), room, to=cast.lea.email).approval
    made = approvals.propose(cast.olga, ask, ends_at=timezone.now() + SOON, words=False)
    if lost:
        unshare_agent(cast.mia, agent, reader=cast.olga)
    assert GrantRequest.objects.to_decide_by(cast.ada).filter(pk=made.pk).exists() is not lost


def test_a_second_persons_proposal_counts_while_they_approve(cast: Cast) -> None:
    agent = builders.agent(cast.mia, cast.support)
    room = builders.chat(cast.ada, cast.support)
    builders.grant(agent, room, "chat.post", by=cast.ada, terms=Terms(always_ask=True, second_person=True))
    connections.give(cast.ada, room, holder=cast.finn, rights=[ConnectionPermission.APPROVE])
    ask = transcripts.asking(transcripts.running(cast.mia, agent), room, to=cast.lea.email).approval
    made = approvals.propose(cast.finn, ask, ends_at=timezone.now() + SOON, words=False)
    assert GrantRequest.objects.to_decide_by(cast.ada).filter(pk=made.pk).exists()
    connections.take(cast.ada, room, holder=cast.finn)
    assert not GrantRequest.objects.to_decide_by(cast.ada).filter(pk=made.pk).exists()


def test_a_leavers_words_show_to_a_successor_who_may_use_the_agent(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    task = tasks.queue(cast.mia, agent, instruction="Sort the letters from Berta", attached="Berta wrote")
    handover = succession.offer(cast.ada, task, to=cast.lea)
    lea = as_(cast.lea)
    assert "Berta" in lea.get(handover.get_absolute_url()).text
    unshare_agent(cast.mia, agent, reader=cast.lea)
    assert lea.get(handover.get_absolute_url()).status_code == 404
    assert "task offered to you" not in lea.get("/").text
    share_agent(cast.mia, agent, reader=cast.lea, level=Level.OPERATOR)
    lea.post(reverse("succession:declining", args=[handover.pk]))
    page = lea.get(handover.get_absolute_url()).text
    assert "Declined" in page
    assert "Berta" not in page, "who declined has nothing more to read"


def test_no_system_is_asked_for_who_may_not_use_the_agent(here: Scene) -> None:
    share_agent(here.cast.mia, here.agent, reader=here.cast.olga, level=Level.OPERATOR)
    here.call("mail.draft", to=["emi@example.org"], subject="Re: Hello", text="Sort the inbox")
    WorkItem.objects.update(person=here.cast.olga)
    asked: list[str] = []
    connector = type(here.box.connector)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connector, "verified", lambda self, connection, number: asked.append(number))
        outcomes.verify_due()
        assert len(asked) == 1
        AgentPersonShare.objects.filter(user=here.cast.olga).delete()
        WorkItem.objects.update(system_asked_at=None)
        outcomes.verify_due()
    assert len(asked) == 1


def test_a_live_agent_on_no_connection_is_asked_about_like_any_live_one(
    cast: Cast, asked: GrantRequest
) -> None:
    """As after the rule came: nobody said yes to a connection of theirs, and the next grant there would be one."""
    assert (asked.agent.mode, asked.agent.lives_on()) == (Agent.Mode.LIVE, frozenset())
    assert "Start with a trial run here" in as_(cast.ada).get(asked.get_absolute_url()).text


@pytest.mark.parametrize("trial", ["on", ""])
def test_the_box_of_the_trial_run_on_the_page_that_decides(
    cast: Cast, asked: GrantRequest, trial: str
) -> None:
    [grant] = asked.grants.all()
    said = {
        "mail-read-wanted": "on",
        "until": timezone.localdate(grant.ends_at).isoformat(),
        "trial": trial,
        "answer": "grant",
    }
    as_(cast.ada).post(reverse("grants:decision", args=[asked.pk]), said)
    grant.refresh_from_db()
    assert grant.state == Grant.State.ACTIVE
    assert (asked.connection_id in asked.agent.lives_on()) is not bool(trial)
