"""What a task has read so far: kept in the memory of the worker that holds it, rebuilt from its rows by any other."""

from collections import OrderedDict
from dataclasses import dataclass

from agents.connectors import catalogue
from agents.grants.models import Grant
from agents.policy.asking import mixes
from agents.policy.declarations import Capability, Effect
from agents.policy.facts import Request
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from agents.queue.models import Call, Task

KEPT = 32  # tasks in one process
READ_BY_MODEL = frozenset({Call.State.DONE, Call.State.FAILED, Call.State.UNKNOWN, Call.State.REFUSED})


@dataclass
class _Memory:
    claim: tuple[object, ...]
    provenance: Provenance


_memories: OrderedDict[int, _Memory] = OrderedDict()


def provenance_of(task: Task) -> Provenance:
    """Where the values of the task's calls can come from, as of now.

    A claim is one worker's: while it lasts every result passes through :func:`add_outcome`, so no row is read twice.
    """
    claim = (task.claim, task.created_at)
    memory = _memories.get(task.pk)
    if memory is None or memory.claim != claim:
        memory = _memories[task.pk] = _Memory(claim, _rebuilt(task))
    _memories.move_to_end(task.pk)
    while len(_memories) > KEPT:
        _memories.popitem(last=False)
    return memory.provenance


def add_outcome(row: Call) -> None:
    """A call has ended, and the model will read what came of it."""
    memory = _memories.get(row.task_id)
    if memory is not None:
        _add(memory.provenance, row)


def _rebuilt(task: Task) -> Provenance:
    found = Provenance(
        task.instruction, own=[task.person.email], attached=task.attached, foreign=_foreign(task)
    )
    for row in Call.objects.filter(task=task, state__in=READ_BY_MODEL).order_by("finished_at", "pk"):
        _add(found, row)
    return found


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
    mixed = mixes(Request(row.capability, row.connection_id or 0, row.arguments, declared), known)
    data = row.result if row.state == Call.State.DONE else row.outcome
    known.add_result(CallResult(row.pk, declared, data, row.arguments, mixed))
