"""What holds for every decision, whatever the facts: nothing without a live grant that covers the call."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.grants.limits import example
from agents.policy.decide import decide
from agents.policy.declarations import Capability, Effect
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Decision, Facts, GrantFact, Request, StopFact, Verdict
from agents.policy.limits import within
from tests.agents.strategies import CAPABILITIES, CONNECTIONS, VALUES, all_facts


@st.composite
def calls(draw: st.DrawFn, facts: Facts) -> Request:
    """A call: more often than not one that some grant is about, with arguments inside its limits."""
    capability: Capability = draw(st.sampled_from(CAPABILITIES))
    connection, limits = draw(st.sampled_from(CONNECTIONS)), {}
    if facts.grants and draw(st.integers(0, 5)):
        grant = draw(st.sampled_from(facts.grants))
        capability = next(one for one in CAPABILITIES if one.name == grant.capability)
        connection, limits = grant.connection, grant.limits
    arguments = {one.name: example(one, limits.get(one.name)) for one in capability.arguments}
    if draw(st.integers(0, 3)) == 0:
        arguments = {
            name: value for name, value in arguments.items() if value is not None and draw(st.booleans())
        }
    elif draw(st.booleans()):
        arguments[draw(st.sampled_from([*arguments, "unknown"]))] = draw(VALUES)
    return Request(capability.name, connection, arguments, capability)


@st.composite
def decisions(draw: st.DrawFn) -> tuple[Request, Facts, Decision]:
    facts = draw(all_facts())
    request = draw(calls(facts))
    return request, facts, decide(Evaluation(request, facts))


def covers(grant: GrantFact, request: Request, facts: Facts) -> bool:
    """Said once more, in other words than the rules say it."""
    assert request.capability is not None
    live = grant.state == "active" and grant.ends_at > facts.now and grant.uses_left != 0
    same = (grant.capability, grant.connection, grant.declaration) == (
        request.name,
        request.connection,
        request.capability.digest,
    )
    return (
        live
        and same
        and all(
            limit == {"words": "any"} or within(limit, request.arguments.get(name))
            for name, limit in grant.limits.items()
        )
    )


@given(decisions())
@settings(max_examples=600)
def test_nothing_goes_without_a_live_grant_that_covers_it(made: tuple[Request, Facts, Decision]) -> None:
    request, facts, decision = made
    if decision.verdict is Verdict.DENY:
        assert decision.grant is None
        assert decision.reasons
        return
    assert [grant for grant in facts.grants if grant.id == decision.grant and covers(grant, request, facts)]
    assert not facts.stops
    assert facts.agent_state == "active"
    assert facts.owner_active
    assert facts.task_state == "running"
    assert facts.connection_active


@given(decisions())
@settings(max_examples=300)
def test_what_cannot_be_taken_back_never_just_goes(made: tuple[Request, Facts, Decision]) -> None:
    request, facts, decision = made
    assert request.capability is not None
    effect = request.capability.effect
    if decision.verdict is Verdict.ALLOW:
        assert effect not in {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE}
        assert not next(grant for grant in facts.grants if grant.id == decision.grant).always_ask
    if decision.verdict is not Verdict.DENY and facts.shadow and effect is not Effect.READ:
        assert decision.would


@given(decisions(), st.integers(0, 3))
@settings(max_examples=300)
def test_taking_a_grant_away_never_permits(made: tuple[Request, Facts, Decision], place: int) -> None:
    request, facts, decision = made
    fewer = decide(
        Evaluation(request, replace(facts, grants=facts.grants[:place] + facts.grants[place + 1 :]))
    )
    order = [Verdict.DENY, Verdict.ASK, Verdict.ALLOW]
    assert order.index(fewer.verdict) <= order.index(decision.verdict)


@given(decisions())
@settings(max_examples=200)
def test_a_stop_stops(made: tuple[Request, Facts, Decision]) -> None:
    request, facts, _ = made
    stopped = replace(facts, stops=(StopFact("Everything", "Ada Osei", ""),))
    assert decide(Evaluation(request, stopped)).verdict is Verdict.DENY
