"""What hypothesis makes for the rules: capabilities, limits, values and facts, whole ones and flawed ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from agents.grants.limits import from_text, readable
from agents.policy.declarations import Argument, Capability, Effect, Role, Type
from agents.policy.facts import Facts, GrantFact, StopFact
from agents.policy.limits import ANY_WORDS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LETTERS = st.text(st.sampled_from("abABß*@. ,;ſK\n"), max_size=6)
ADDRESSES = st.builds(
    "{}@{}{}".format,
    st.sampled_from(["", "*", "a", "a*", "*b", "a.b", "é"]),
    st.sampled_from(["", "*.", "x.", "*.x.", "xn--a.", "*"]),
    st.sampled_from(["b.co", "B.CO", "c.co", "é.co", "*", ""]),
)
PATTERNS = st.one_of(st.text(st.sampled_from("abAB*@.ſßK"), min_size=1, max_size=6), ADDRESSES)
SCALARS = st.one_of(LETTERS, st.integers(-3, 12), st.booleans(), st.none(), st.floats(allow_nan=False))
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.just({"a": 1}))

ARGUMENTS = (
    Argument("to", Role.DEST, "Reader"),
    Argument("things", Role.OBJECT, "Things", Type.TEXTS, required=False),
    Argument("count", Role.VALUE, "Count", Type.INTEGER, required=False),
    Argument("loud", Role.VALUE, "Loud", Type.FLAG, required=False),
    Argument("text", Role.CONTENT, "Text", required=False),
    Argument("amount", Role.VALUE, "Amount", Type.NUMBER, required=False),
    Argument("when", Role.TIME, "When", required=False),
)
CAPABILITIES = tuple(
    Capability(f"x.{effect.value}", f"do a {effect.value}", "Do it", effect, ARGUMENTS[: 3 + place])
    for place, effect in enumerate(Effect)
)
CONNECTIONS = (1, 2)


@st.composite
def odd_limit(draw: st.DrawFn) -> dict[str, Any]:
    """A limit as it might stand in a row, readable or not."""
    limit: dict[str, Any] = {}
    if draw(st.booleans()):
        limit["only"] = draw(
            st.one_of(st.lists(PATTERNS, max_size=3), st.just("ab"), st.lists(VALUES, max_size=2))
        )
    for end in ("min", "max"):
        if draw(st.booleans()):
            limit[end] = draw(
                st.one_of(st.integers(-3, 12), st.floats(-3, 12), st.sampled_from([None, True, "3", 2.5]))
            )
    if draw(st.integers(0, 9)) == 0:
        limit["other"] = 1
    return limit


WRITTEN = {
    Type.TEXT: st.lists(PATTERNS, max_size=2).map(", ".join),
    Type.TEXTS: st.lists(PATTERNS, max_size=2).map(", ".join),
    Type.INTEGER: st.sampled_from(["", "3", "2, 5", "1-4", "-7", "2-", "9-9"]),
    Type.NUMBER: st.sampled_from(["", "3", "2.5, 5", "1-4.25", "-0.7", "2-"]),
    Type.FLAG: st.sampled_from(["", "yes", "no"]),
}


@st.composite
def written_limits(draw: st.DrawFn, capability: Capability) -> dict[str, Any]:
    """Limits as the form lets them through."""
    limits = {}
    for argument in capability.arguments:
        if argument.limitable and (limit := from_text(draw(WRITTEN[argument.type]), argument.type)):
            limits[argument.name] = limit
        elif argument.worded and draw(st.booleans()):
            limits[argument.name] = dict(ANY_WORDS)
    return {} if readable(capability, limits) else limits


GRANT_FLAWS: dict[str, dict[str, Any]] = {
    "": {},
    "state": {"state": "revoked"},
    "end": {"ends_at": NOW},
    "declaration": {"declaration": "another"},
    "uses": {"uses_left": 0},
}
FLAWS: dict[str, dict[str, Any]] = {
    "": {},
    "agent": {"agent_state": "paused"},
    "owner": {"owner_active": False},
    "task": {"task_state": "waiting"},
    "connection": {"connection_active": False},
    "stop": {"stops": (StopFact("Everything", "Ada Osei", ""),)},
}


@st.composite
def grants(draw: st.DrawFn, number: int) -> GrantFact:
    """A grant of one of CAPABILITIES on one of CONNECTIONS, live more often than not."""
    capability = draw(st.sampled_from(CAPABILITIES))
    whole = GrantFact(
        id=number,
        capability=capability.name,
        connection=draw(st.sampled_from(CONNECTIONS)),
        state="active",
        ends_at=NOW + timedelta(days=1),
        declaration=capability.digest,
        limits=draw(written_limits(capability)),
        uses_left=draw(st.sampled_from([None, 1])),
        always_ask=draw(st.booleans()),
    )
    if draw(st.booleans()):
        return whole
    if draw(st.booleans()):
        return replace(whole, limits={"to": draw(odd_limit())})
    return replace(whole, **GRANT_FLAWS[draw(st.sampled_from(sorted(GRANT_FLAWS)))])


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    """Facts in which nothing stands against a call but the grants, or in which one thing does."""
    held = tuple(draw(grants(number)) for number in range(draw(st.integers(0, 4))))
    calm = Facts(
        NOW, "active", owner_active=True, task_state="running", shadow=draw(st.booleans()), grants=held
    )
    return replace(calm, **FLAWS[draw(st.sampled_from(sorted(FLAWS)))]) if draw(st.booleans()) else calm
