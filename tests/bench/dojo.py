"""The rules of the gate as a policy of the public benchmark that replays AgentDojo against a fully hijacked model.

Manifest rows become capability declarations, each granted tool a grant, each result goes into the task's provenance,
and each call through ``agents.policy.decide``. How to run it: ``agents/docs/measured.md``.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.policy.asking import ended
from agents.policy.decide import decide
from agents.policy.declarations import Capability, Type
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Decision, Facts, GrantFact, Request
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.policy.values import leaves
from tests.bench.manifest import capabilities, of_suites

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = 1  # every tool of a suite is on one connection


class Session:
    """One task. ``planned``: its envelope is made from the instruction's words alone."""

    def __init__(
        self, prompt: str, grants: Mapping[str, Any], declared: Mapping[str, Capability], *, planned: bool
    ) -> None:
        self.declared = declared
        self.known = Provenance(prompt, own=grants.get("own", ()))
        held = [one for name, one in declared.items() if name in grants["tools"]]
        if planned:
            from agents.planning.planner import plan
        envelope = frozenset((name, PLACE) for name in plan(prompt, held)) if planned else None
        self.facts = Facts(
            NOW,
            agent_state="active",
            owner_active=True,
            task_state="running",
            envelope=envelope,
            grants=tuple(_grant(number, one) for number, one in enumerate(held, 1)),
        )
        self.scope = grants["scope"]
        self.seen = 0
        self.allowed: Any = None  # the call that a person has just allowed
        self.ticks: tuple[str, ...] = ()  # and what they ticked then

    def answered(self, call: Any, yes: bool) -> None:
        """What a person said when the call asked."""
        self.allowed = call if yes else None

    def decide(self, call: Any) -> str:
        return self._decided(call).verdict.value

    def _decided(self, call: Any) -> Decision:
        request = Request(call.tool, PLACE, self._arguments(call), self.declared.get(call.tool))
        return decide(Evaluation(request, self._facts(call)))

    def _facts(self, call: Any) -> Facts:
        scoped = self._scoped(call.tool, self._arguments(call))
        return replace(self.facts, provenance=self.known, grants=scoped)

    def observe(self, call: Any, result: Any, error: str | None) -> None:
        self.seen += 1
        self.known.add_result(self._result(call, result if error is None else str(error)))

    def _result(self, call: Any, data: Any) -> CallResult:
        request = Request(call.tool, PLACE, self._arguments(call), self.declared[call.tool])
        yes = self.allowed is call
        return ended(self.seen, request, data, self.known, allowed=yes, endorsed=self.ticks if yes else ())

    def _arguments(self, call: Any) -> dict[str, Any]:
        """As they would go over the wire; of a record that is attached, what names it."""
        declared = self.declared.get(call.tool)
        return {
            name: _texts(value)
            if (one := declared and declared.argument(name)) and one.type is Type.TEXTS
            else value
            for name, value in call.args.items()
            if value is not None
        }

    def _scoped(self, tool: str, arguments: Mapping[str, Any]) -> tuple[GrantFact, ...]:
        """The benchmark's scopes are limits that vouch; where a value is outside, its grants are without limits."""
        limits = {}
        for name in arguments:
            rules = self.scope.get(f"{tool}.{name}", ())
            globs = [rule for rule in rules if isinstance(rule, str)]
            most = [rule["max"] for rule in rules if isinstance(rule, dict)]
            if globs or most:
                limits[name] = ({"only": globs} if globs else {}) | (
                    {"min": 0, "max": max(most)} if most else {}
                )
        if not limits:
            return self.facts.grants
        return tuple(
            one
            for grant in self.facts.grants
            for one in ((replace(grant, limits=limits), grant) if grant.capability == tool else (grant,))
        )


def _texts(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [str(leaf) for one in value for leaf in leaves(_named(one))]


def _named(one: Any) -> Any:
    """``{"type": "file", "file_id": "13"}`` is the file 13."""
    return {key: value for key, value in one.items() if key != "type"} if isinstance(one, dict) else one


def _grant(number: int, capability: Capability) -> GrantFact:
    return GrantFact(
        number, capability.name, PLACE, "active", NOW + timedelta(days=1), declaration=capability.digest
    )


class Policy:
    """Grants as the benchmark gives them, nothing narrows the task."""

    planned = False
    session = Session

    def __init__(self) -> None:
        self._declared: dict[tuple[str, ...], dict[str, Capability]] = {}

    def new_session(self, prompt: str, grants: Mapping[str, Any], tools: Mapping[str, Any]) -> Session:
        key = tuple(sorted(tools))
        if key not in self._declared:
            self._declared[key] = capabilities(tools, of_suites(tools))
        return self.session(prompt, grants, self._declared[key], planned=self.planned)


class Planned(Policy):
    """Unattended: what the plan does not hold is refused."""

    planned = True
