"""The record of shadow mode: what an agent would have done, beside what people then did.

Only the person whose tasks they are from sees lines and counts. People who manage the agent, or grant on the
connection, also read in four steps for each capability whether people did the same: enough to decide on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from agents.connections.models import Connection
from agents.connectors import capability_title, catalogue
from agents.grants.limits import sentence
from agents.permissions import AgentPermission
from agents.policy.declarations import Role
from agents.policy.language.invisible import spelled_out
from agents.queue.models import Call, CallQuerySet
from agents.queue.tags import Tag
from agents.registry.models import Agent
from portal.people.models import Person
from portal.reasons import because, render_reason

SAME, DIFFERENT = Q(observed__same=True), Q(observed__same=False)


def written_down(agent: Agent, person: Person) -> CallQuerySet:
    """The calls of the person's own tasks that were only written down."""
    return _all(agent).filter(task__person=person)


def everybodys(agent: Agent, person: Person) -> CallQuerySet:
    """Those of everybody's tasks about which the person decides: all for managers, else where they grant."""
    if agent.permits(person, AgentPermission.MANAGE):
        return _all(agent)
    return _all(agent).filter(connection__in=Connection.objects.grantable_by(person).values("pk"))


def _all(agent: Agent) -> CallQuerySet:
    return Call.objects.filter(task__agent=agent, state=Call.State.WOULD)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one capability, or of all together: ``nobody`` has done anything so far, ``unseen`` cannot be told."""

    capability: str
    would: int
    same: int
    different: int
    unseen: int

    @property
    def title(self) -> str:
        return capability_title(self.capability)

    @property
    def nobody(self) -> int:
        return self.would - self.same - self.different - self.unseen


def counts(calls: CallQuerySet) -> list[Counts]:
    """By capability, in one query."""
    rows = calls.order_by().values("capability").annotate(
        would=Count("pk"),
        same=Count("pk", filter=SAME),
        different=Count("pk", filter=DIFFERENT),
        unseen=Count("pk", filter=Q(observed__isnull=True)),
    )  # fmt: skip
    return sorted((Counts(**row) for row in rows), key=lambda counts: counts.title)


def total(every: Iterable[Counts]) -> Counts:
    numbers = [(count.would, count.same, count.different, count.unseen) for count in every]
    return Counts("", *map(sum, zip(*numbers, strict=True))) if numbers else Counts("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over everybody's tasks: did people do what the agent would have done? ``step``: a code of ``agents.reasons``."""

    capability: str
    step: str

    @property
    def title(self) -> str:
        return capability_title(self.capability)

    @property
    def tag(self) -> Tag:
        return Tag(STEPS[self.step], render_reason(because(self.step)))


STEPS = {"agreed_few": "quiet", "agreed_mostly": "allow", "agreed_often": "quiet", "agreed_seldom": "ask"}
ENOUGH = 10  # calls that people did something about, before a share of them says anything


def agreements(agent: Agent, person: Person) -> list[Agreement]:
    """By capability, without numbers, so that one user looks like many."""
    return [Agreement(count.capability, _step(count)) for count in counts(everybodys(agent, person))]


def _step(counts: Counts) -> str:
    did = counts.same + counts.different
    if did < ENOUGH:
        return "agreed_few"
    share = counts.same / did
    return "agreed_mostly" if share >= 0.9 else "agreed_often" if share >= 0.5 else "agreed_seldom"


def filtered(calls: CallQuerySet, wanted: Mapping[str, Any]) -> CallQuerySet:
    """As ``RecordFilter`` says; newest first."""
    if capability := wanted.get("capability"):
        calls = calls.filter(capability=capability)
    match wanted.get("outcome"):
        case "same":
            calls = calls.filter(SAME)
        case "different":
            calls = calls.filter(DIFFERENT)
        case "open":
            calls = calls.filter(Q(observed__isnull=True) | Q(observed__same=None))
    return calls.select_related("connection", "grant", "task").defer("result").order_by("-id")


@dataclass(frozen=True, slots=True)
class Line:
    """One call side by side with what people did. ``own``: it was the reader's task, so its words may show."""

    call: Call
    own: bool
    names: Mapping[str, str]

    @property
    def would(self) -> str:
        if not self.own:
            return capability_title(self.call.capability)
        declared = catalogue().get(self.call.capability)
        named = {name: f"“{words}”" for name, words in self.names.items()}
        return declared.sentence(self.call.arguments | named) if declared else self.call.sentence

    @property
    def limits(self) -> str:
        declared, grant = catalogue().get(self.call.capability), self.call.grant
        return sentence(declared, grant.limits) if declared and grant and not self.own else ""

    @property
    def asks(self) -> bool:
        return self.call.verdict == "ask"

    @property
    def people(self) -> str:
        """How it is now, in the connector's words: private."""
        return spelled_out(self.call.observed["text"]) if self.own and self.call.observed else ""

    @property
    def tag(self) -> Tag:
        seen = self.call.observed
        if seen is None:
            return Tag("quiet", "cannot be seen" if self.call.observed_at else "not looked at yet")
        if seen["same"] is not None:
            return Tag("allow", "the same") if seen["same"] else Tag("ask", "different")
        if (seen.get("before") or {}).get("same"):
            return Tag("quiet", "was so before")
        return Tag("quiet", "an agent did it since" if seen.get("by_agent") else "nothing yet")


def lines(calls: Iterable[Call], person: Person) -> list[Line]:
    calls = list(calls)
    own = [call for call in calls if call.task.person_id == person.pk]
    known = names(own)
    return [Line(call, call in own, known.get(call.pk, {})) for call in calls]


def names(calls: Sequence[Call]) -> dict[int, dict[str, str]]:
    """What the things in these calls are called: by call, then by argument. As the task itself had read it."""
    found: dict[int, dict[str, str]] = {}
    for reader in catalogue().values():
        about = next(
            (argument for argument in reader.arguments if argument.role is Role.OBJECT and argument.required),
            None,
        )
        if not reader.label or about is None:
            continue
        meant = [
            (call, argument.name, call.arguments.get(argument.name))
            for call in calls
            if (declared := catalogue().get(call.capability))
            for argument in declared.arguments
            if argument.role is Role.OBJECT and argument.kind == about.kind
        ]
        read = Call.objects.filter(task__in={call.task_id for call in calls}, capability=reader.name)
        read = read.filter(**{f"arguments__{about.name}__in": [value for *_, value in meant if value]})
        rows = read.values_list(
            "task_id", "connection_id", f"arguments__{about.name}", f"result__{reader.label}"
        )
        known = {(task, place, key): words for task, place, key, words in rows if words} if meant else {}
        for call, name, value in meant:
            if isinstance(value, str) and (words := known.get((call.task_id, call.connection_id, value))):
                found.setdefault(call.pk, {})[name] = str(words)[:70]
    return found
