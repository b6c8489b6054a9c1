"""The worst-case card says what the rules decide, over generated grants, limits, modes, stops and calls."""

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from agents.card.worst import POINTING
from agents.policy.declarations import Effect
from agents.policy.facts import Facts, GrantFact, Verdict
from agents.policy.provenance import Provenance
from tests.agents.worst_cases import World, every_call, tried, worlds

LEADING = {"content_leads", "content_split"}  # links and codes in texts ask whatever a grant says
KNOWN = [
    Provenance("Do your job."),
    Provenance("Mail zebra@nowhere.example about the zebra crossing, 777."),
    None,
]
many = settings(max_examples=300)


def lines(world: World) -> dict[int, Any]:
    return {line.holding.fact.id: line for line in world.card().lines}


def attempt(data: st.DataObject, world: World, grant: GrantFact) -> dict[str, Any]:
    drawn = {
        one.name: data.draw(st.sampled_from(tried(one, grant)), label=one.name)
        for one in world.of(grant).arguments
    }
    return {name: value for name, value in drawn.items() if value is not None}


@given(worlds(), st.data())
@many
def test_what_the_rules_allow_stands_on_the_card(world: World, data: st.DataObject) -> None:
    shown = lines(world)
    for grant in world.facts.grants:
        more = {"provenance": data.draw(st.sampled_from(KNOWN))} if data.draw(st.booleans()) else {}
        decision = world.said(grant, attempt(data, world, grant), **more)
        if decision.verdict is Verdict.DENY:
            continue
        line = shown[decision.grant]
        event(f"{line.state} {decision.verdict}")
        assert line.usable
        assert (line.state == "shadow") is decision.would
        if decision.verdict is Verdict.ALLOW and not decision.would:
            assert line.state in {"can", "named"}


@given(worlds(), st.data())
@many
def test_what_asks_or_is_held_never_just_goes(world: World, data: st.DataObject) -> None:
    shown = lines(world)
    for grant in world.facts.grants:
        alone = World(_only(world.facts, grant), world.capabilities, world.stops, world.there)
        line, found = shown.get(grant.id), alone.worst(grant)
        for known in KNOWN:
            decision = alone.said(grant, attempt(data, world, grant), provenance=known)
            if line is None or line.state == "held":
                assert decision.verdict is Verdict.DENY
            elif line.state == "asks":
                assert decision.verdict is not Verdict.ALLOW
                assert (
                    found.second == "always"
                    or any(one.code in {"destructive", "grant_asks"} for one in decision.reasons)
                    or decision.verdict is Verdict.DENY
                )


@given(worlds())
@many
def test_what_it_can_by_itself_goes_even_when_it_is_hijacked(world: World) -> None:
    for grant in world.facts.grants:
        line = lines(world).get(grant.id)
        if line is None or line.state != "can":
            continue
        alone = World(_only(world.facts, grant), world.capabilities, world.stops, world.there)
        found = alone.worst(grant)
        calls = list(every_call(alone, grant, found))
        decisions = [alone.said(grant, call) for call in calls]
        assert any(one.verdict is Verdict.ALLOW for one in decisions), "no call within its words just goes"
        pointing = {one.name for one in alone.of(grant).arguments if one.role in POINTING}
        for call, decision in zip(calls, decisions, strict=True):
            codes = {one.code for one in decision.reasons} - LEADING
            if not pointing & set(call):  # it could name where it goes, and does not
                codes -= {"unpointed"}
            if alone.of(grant).effect is not Effect.READ and decision.verdict is Verdict.ASK:
                assert codes <= {"second_person"}, codes
                assert not codes or found.second == "outside"


@given(worlds(), st.data())
@many
def test_what_the_instruction_must_name_never_goes_by_what_a_hijacked_model_makes_up(
    world: World, data: st.DataObject
) -> None:
    for grant in world.facts.grants:
        line = lines(world).get(grant.id)
        if line is None or line.state != "named":
            continue
        alone = World(_only(world.facts, grant), world.capabilities, world.stops, world.there)
        for _ in range(5):
            decision = alone.said(grant, attempt(data, world, grant))
            event(f"named {decision.verdict}")
            assert decision.verdict is not Verdict.ALLOW


def _only(facts: Facts, grant: GrantFact) -> Facts:
    from dataclasses import replace

    return replace(facts, grants=(grant,))
