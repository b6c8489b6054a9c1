"""What a task has read so far: kept in the memory of the worker that holds it, rebuilt from its rows by any other."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from agents.connectors import catalogue
from agents.grants.models import Grant
from agents.policy.asking import ended
from agents.policy.declarations import Capability, Effect
from agents.policy.facts import Request
from agents.policy.provenance import Provenance
from agents.queue.models import Call, Task

KEPT = 100  # tasks in one process: so many wait for a model and come back
READ_BY_MODEL = frozenset({Call.State.DONE, Call.State.FAILED, Call.State.UNKNOWN, Call.State.REFUSED})


Read = tuple[int, str, datetime | None]  # a call: its number, its state, when it ended


@dataclass
class _Memory:
    """``read``: the calls, in the order in which the provenance learnt of them."""

    claim: int
    begins: tuple[object, ...]
    provenance: Provenance
    read: list[Read]


_memories: OrderedDict[int, _Memory] = OrderedDict()


def provenance_of(task: Task) -> Provenance:
    """Where the values of the task's calls can come from, as of now.

    A claim is one worker's: while it lasts every result passes through :func:`add_outcome`, so no row is read twice.
    With another claim, as after each answer of a model, only rows are read that are new. Where one that was read has
    changed since, or one came in between, all are read anew.
    """
    memory = _memories.get(task.pk)
    if memory is None or (memory.claim != task.claim and not _caught_up(memory, task)):
        memory = _memories[task.pk] = _rebuilt(task)
    _memories.move_to_end(task.pk)
    while len(_memories) > KEPT:
        _memories.popitem(last=False)
    return memory.provenance


def add_outcome(row: Call) -> None:
    """A call has ended, and the model will read what came of it."""
    memory = _memories.get(row.task_id)
    if memory is not None:
        _learn(memory, row)


def _learn(memory: _Memory, row: Call) -> None:
    _add(memory.provenance, row)
    memory.read.append((row.pk, row.state, row.finished_at))


def _rebuilt(task: Task) -> _Memory:
    begins = _begins(task)
    instruction, email, attached, foreign, _ = begins
    known = Provenance(instruction, own=[email], attached=attached, foreign=foreign)
    made = _Memory(task.claim, begins, known, [])
    for row in _rows(task):
        _learn(made, row)
    return made


def _begins(task: Task) -> tuple[str, str, str, bool, datetime]:
    """What it knows before its first call; and when it was made, for numbers come again in tests."""
    return task.instruction, task.person.email, task.attached, _foreign(task), task.created_at


def _rows(task: Task) -> "QuerySet[Call]":
    return Call.objects.filter(task=task, state__in=READ_BY_MODEL).order_by("finished_at", "pk")


def _caught_up(memory: _Memory, task: Task) -> bool:
    """Bring it up to now, where what it has read still stands as it was read."""
    now: list[Read] = list(_rows(task).values_list("pk", "state", "finished_at"))
    so_far = len(memory.read)
    if memory.begins != _begins(task) or now[:so_far] != memory.read:
        return False
    for row in _rows(task).filter(pk__in=[pk for pk, _, _ in now[so_far:]]):
        _learn(memory, row)
    memory.claim = task.claim
    return [pk for pk, _, _ in memory.read] == [pk for pk, _, _ in now]


def _foreign(task: Task) -> bool:
    """Does the model read a description, of a capability under a live grant, that was written elsewhere?"""
    names = [capability.name for capability in catalogue().values() if capability.foreign]
    return bool(names) and Grant.objects.live().filter(agent=task.agent_id, capability__in=names).exists()


def _add(known: Provenance, row: Call) -> None:
    """What cannot be told is read as text that somebody else wrote; so is what a person noted with their no."""
    if row.state == Call.State.REFUSED:
        if (row.ending or {}).get("code") != "ask_expired":  # that one is the portal's own
            known.add_note(row.pk, "what was noted with an answer", row.outcome)
        return
    declared = catalogue().get(row.capability) or Capability(
        row.capability, row.capability, row.capability, Effect.READ
    )
    request = Request(row.capability, row.connection_id or 0, row.arguments, declared)
    data = row.result if row.state == Call.State.DONE else row.outcome
    yes = _allowed(row)
    ticked = row.approval.ticked if yes else ()
    known.add_result(ended(row.pk, request, data, known, allowed=yes, endorsed=ticked))


def _allowed(row: Call) -> bool:
    """Did a person say yes to this very call? Its reasons are those of the decision by which it was made."""
    return any(reason.get("code") == "approved" for reason in row.reasons)
