"""The worst-case card says what the rules would say, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.card.card import Card, Holding, build, card
from agents.grants.actions import Terms
from agents.grants.limits import example
from agents.grants.models import Grant
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.policy.decide import decide
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Decision, Facts, Request, StopFact, Verdict
from agents.stops.models import Stop
from tests import builders
from tests.agents.strategies import CAPABILITIES, CONNECTIONS, NOW, VALUES, all_facts
from tests.cast import Cast

BY_NAME = {one.name: one for one in CAPABILITIES}
HELD = StopFact("A connection", "Ada Osei", "")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Facts, dict[int, bool], dict[tuple[str, int], tuple[StopFact, ...]]]:
    """Facts about the agent, which connections are there, and what is stopped for which pair."""
    facts = replace(draw(all_facts()), task_state="running", connection_active=True)
    there = {connection: draw(st.integers(0, 4)) > 0 for connection in CONNECTIONS}
    held = {
        (capability.name, connection): (HELD,) if draw(st.integers(0, 5)) == 0 else ()
        for capability in CAPABILITIES
        for connection in CONNECTIONS
    }
    return facts, there, held


def built(world: Any) -> Card:
    facts, there, held = world
    live = [grant for grant in facts.grants if grant.state == "active" and grant.ends_at > facts.now]
    holdings = [
        Holding(
            grant,
            BY_NAME[grant.capability],
            str(grant.connection),
            there[grant.connection],
            held[grant.capability, grant.connection],
        )
        for grant in live
    ]
    return build(facts, holdings, {"Everything": CAPABILITIES})


def said(world: Any, name: str, connection: int, arguments: dict[str, Any], *, of: Any = None) -> Decision:
    """What the rules say, with the facts as the gate would load them for this call."""
    facts, there, held = world
    around = replace(
        facts,
        connection_active=there[connection],
        stops=facts.stops + held[name, connection],
        grants=facts.grants if of is None else (of,),
    )
    return decide(Evaluation(Request(name, connection, arguments, BY_NAME[name]), around))


def fitting(grant: Any) -> dict[str, Any]:
    """Arguments inside the limits of the grant: what must be there, and what it limits."""
    wanted = [one for one in BY_NAME[grant.capability].arguments if one.required or one.name in grant.limits]
    return {one.name: example(one, grant.limits.get(one.name)) for one in wanted}


@given(worlds(), st.data())
@settings(max_examples=200)
def test_what_is_not_on_the_card_the_rules_deny(world: Any, data: st.DataObject) -> None:
    shown = built(world)
    by_id = {grant.id: grant for grant in world[0].grants}
    usable = {
        (by_id[line.holding.fact.id].capability, by_id[line.holding.fact.id].connection)
        for line in shown.usable
    }
    for capability in CAPABILITIES:
        for connection in CONNECTIONS:
            if (capability.name, connection) in usable:
                continue
            tries = [fitting(one) for one in world[0].grants if one.capability == capability.name]
            tries.append({one.name: data.draw(VALUES) for one in capability.arguments})
            for arguments in tries:
                assert said(world, capability.name, connection, arguments).verdict is Verdict.DENY


def test_nothing_else_names_what_it_does_not_hold() -> None:
    facts = Facts(NOW, "active", owner_active=True, task_state="running")
    offered = {"things": CAPABILITIES[:3], "portal chat": CAPABILITIES[3:]}
    assert build(facts, [], offered).nothing_else == "Nothing: no things, no portal chat."
    world = (replace(facts, grants=()), {}, {})
    assert built(world).lines == ()


def test_a_stopped_agent_is_said_first() -> None:
    shown = build(Facts(NOW, "paused", owner_active=False, task_state="running", shadow=True), [], {})
    assert [note.kind for note in shown.notes] == ["deny", "deny", "shadow"]
    assert shown.notes[0].text.startswith("It can do nothing now. The agent is stopped.")


@pytest.mark.django_db
def test_the_card_of_an_agent(cast: Cast, django_assert_max_num_queries: Any) -> None:
    agent, box = builders.triage(cast)
    terms = Terms({"to": {"only": ["Support", cast.mia.email]}}, max_uses=20)
    builders.grant(agent, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada, terms=terms)
    revoked = Grant.objects.get(capability="mail.move")
    revoke_grant(cast.ada, revoked)
    agent = type(agent).objects.get(pk=agent.pk)
    with django_assert_max_num_queries(4):
        shown = card(agent)
    assert {line.state for line in shown.usable if line.holding.connection == str(box)} <= {
        "can",
        "named",
        "asks",
    }
    chat = next(line for line in shown.lines if line.holding.connection == "Portal chat")
    assert (chat.state, chat.holding.fact.uses_left) == ("named", 20)
    assert chat.manner.endswith("but not to tell you alone")
    assert (
        shown.nothing_else
        == "Nothing else: no memory, no Slack, no deployments. It cannot move messages to other folders."
    )
    assert "200 steps" in shown.per_task


@pytest.mark.django_db
def test_stops_and_the_state_of_the_agent_are_on_it(cast: Cast) -> None:
    agent, box = builders.triage(cast)
    stop = set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=box, why="being moved")
    held = card(agent)
    assert not held.usable
    assert "is stopped by Ada Osei: being moved" in held.held[0].held_by
    lift_stop(cast.ada, stop)
    set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.read", why="")
    assert [line.holding.title for line in card(agent).held] == ["read messages"]
    pause_agent(cast.mia, agent, why="a look at it first")
    paused = card(agent)
    assert not paused.usable
    assert [one.text.count("a look at it first") for one in paused.notes] == [1]


@pytest.mark.django_db
def test_what_has_ended_or_is_spent_is_not_usable(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    Grant.objects.filter(capability="mail.read").update(max_uses=1, used=1)
    Grant.objects.filter(capability="mail.list").update(declaration="another")
    Grant.objects.filter(capability="mail.move").update(ends_at=NOW - timedelta(days=400))
    shown = card(agent)
    assert {line.holding.title for line in shown.held} == {"read messages", "see sender, date and subject"}
    assert "Move messages to other folders" not in {line.holding.title for line in shown.lines}
