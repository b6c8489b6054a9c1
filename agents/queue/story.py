"""A task's steps as its page shows them, latest first, and a version that changes when the page would."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.text import capfirst

from agents.connectors import catalogue
from agents.policy.declarations import Role
from agents.policy.language.invisible import spelled_out
from agents.queue import claims, order, places
from agents.queue.models import Call, CallQuerySet, Step, Task
from agents.queue.states import TaskState
from agents.queue.tags import ASKS, Tag
from portal.reasons import OTHERS, Stored, render_reason
from portal.words import tokens

CALLS_AT_ONCE = 200  # about so many calls on one page of steps
STEPS_AT_ONCE = 30
REPEATS = {"value", "argument", "other"}  # parameters of reasons that may be what the model wrote
FOLD_FROM = 3  # so many alike in one step become one line


def happened(call: Call) -> str:
    return spelled_out(call.summary) if call.state == Call.State.DONE and call.summary else call.sentence


def note(call: Call) -> str:
    """Why the agent makes the call, in its own words; empty where it does not say."""
    declared = catalogue().get(call.capability)
    names = [one.name for one in declared.arguments if one.role is Role.NOTE] if declared else []
    said = next((str(call.arguments[name]) for name in names if call.arguments.get(name)), "")
    return spelled_out(" ".join(said.split()))


@dataclass(frozen=True, slots=True)
class Line:
    """One call, or several of one step that are alike: same capability, same decision, same outcome."""

    calls: tuple[Call, ...]

    @property
    def call(self) -> Call:
        return self.calls[0]

    @property
    def folded(self) -> bool:
        return len(self.calls) > 1

    @property
    def sentence(self) -> str:
        """Event, in the connector's words; before that what is wanted."""
        if not self.folded:
            return happened(self.call)
        declared = catalogue().get(self.call.capability)
        title = declared.title if declared else f"use “{spelled_out(self.call.capability)}”"
        return f"{capfirst(title)}, {len(self.calls)} times"

    @property
    def tag(self) -> Tag:
        call = self.call
        if call.state == Call.State.ASKED:  # answered, or cancelled with its task, and not yet gone on with
            ask = getattr(call, "approval", None)
            return ASKS[ask.state] if ask and ask.state != "open" else call.tag
        return call.tag

    @property
    def outcome(self) -> str:
        """Its outcome, where the sentence does not say it."""
        said = self.folded or (self.call.state == Call.State.DONE and not self.call.ending)
        return "" if said else spelled_out(self.call.outcome)

    @property
    def note(self) -> str:
        return "" if self.folded else note(self.call)

    @property
    def outline(self) -> str:
        """What it was, for a reader with whom the task is shared: no word of the agent's, nothing that was read."""
        declared = catalogue().get(self.call.capability)
        title = declared.title if declared else "something that no connector offers"
        times = f", {len(self.calls)} times" if self.folded else ""
        return f"{capfirst(title)}{times}"

    @property
    def grounds(self) -> list[str]:
        """Why, for that reader: the reasons that repeat nothing of the call."""
        why = (
            reason
            for reason in self._why
            if reason["code"] != "unknown" and not REPEATS & set(reason["params"])
        )
        return [spelled_out(render_reason(reason, OTHERS)) for reason in why]

    @property
    def asks(self) -> bool:
        return self.tag.kind == "ask"

    @property
    def reasons(self) -> list[str]:
        """Why: of everything but what a grant simply covers."""
        return [spelled_out(render_reason(reason)) for reason in self._why]

    @property
    def _why(self) -> list[Stored]:
        if self.call.state in (Call.State.DONE, Call.State.STARTED):
            return [reason for reason in self.call.reasons if reason["code"] in ("approved", "cleared")]
        return [reason for reason in self.call.reasons if reason["code"] not in ("granted", "shadow")]


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One step: when, the model's words, what it wanted."""

    step: Step
    lines: tuple[Line, ...]

    @property
    def small(self) -> str:
        """The small print, for the person whose tokens they are."""
        used = self.step.input_tokens + self.step.output_tokens
        return f"Step {self.step.number}, {tokens(used)} tokens" if used else f"Step {self.step.number}"


@dataclass(frozen=True, slots=True)
class Story:
    """``earlier`` is the step before which the page of earlier steps begins; None: this is the beginning."""

    steps: tuple[StoryStep, ...]
    earlier: int | None


def story(task: Task, before: int | None = None) -> Story:
    """The latest steps, or those before the number ``before``: about ``CALLS_AT_ONCE`` calls. Two queries."""
    rows = Step.objects.filter(task=task).defer("response").annotate(size=Count("calls")).order_by("-number")
    found = list(rows.filter(number__lt=before)[:STEPS_AT_ONCE] if before else rows[:STEPS_AT_ONCE])
    shown: list[Step] = []
    for step in found:
        if shown and sum(earlier.size for earlier in shown) + step.size > CALLS_AT_ONCE:  # type: ignore[attr-defined]
            break
        shown.append(step)
    calls = listed(Call.objects.filter(step__in=shown)).order_by("position")
    of: dict[int, list[Call]] = {step.pk: [] for step in shown}
    for call in calls:
        of[call.step_id].append(call)
    steps = tuple(StoryStep(step, tuple(folded(of[step.pk]))) for step in shown)
    return Story(steps, shown[-1].number if shown and shown[-1].number > 1 else None)


def listed(calls: CallQuerySet) -> CallQuerySet:
    """Without results (they may be long), with what became of their asks."""
    return calls.defer("result").select_related("approval")


def folded(calls: Iterable[Call]) -> list[Line]:
    """Calls of one step as lines, in the order of their first; those that wait or hang get a line each."""
    alike: dict[tuple[object, ...], list[Call]] = {}
    for call in calls:
        alike.setdefault(_kind(call), []).append(call)
    lines: list[Line] = []
    for group in alike.values():
        lines += [Line(tuple(group))] if len(group) >= FOLD_FROM else [Line((step,)) for step in group]
    return sorted(lines, key=lambda line: line.call.position)


def _kind(call: Call) -> tuple[object, ...]:
    alone = call.state in (Call.State.ASKED, Call.State.STARTED, Call.State.UNKNOWN)
    said = call.outcome if call.ending or call.state in (Call.State.FAILED, Call.State.REFUSED) else ""
    why = json.dumps(call.reasons, sort_keys=True)
    return call.capability, call.connection_id, call.state, why, said, call.pk if alone else None


def version(task: Task) -> str:
    """Changes when anything on the task's page changes. Reads no texts."""
    now = timezone.now()
    facts = task.calls.aggregate(
        last=Max("id"),
        moved=Max("started_at"),
        ended=Max("finished_at"),
        asks=Count("id", distinct=True, filter=Q(approval__state="open", approval__expires_at__gt=now)),
        answers=Max("approval__answered_at"),
        questions=Count("unclear", distinct=True, filter=Q(unclear__state="open")),
        looked=Max("unclear__looked_at"),
        seen=Max("wake__looked_at"),
        looks=Max("wake__looks"),
    )
    queued = task.state == TaskState.QUEUED and not task.between_steps
    seen = [
        order.place(task) if queued else 0,
        places.before_it(task) if queued else 0,
        task.state,
        task.due_at,
        task.changed_at,
        task.steps_done,
        claims.gone(task),
        *facts.values(),
    ]
    return f"{task.state}.{hashlib.sha256(repr(seen).encode()).hexdigest()[:16]}"
