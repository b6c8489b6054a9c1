"""Writes claims, verifications and reversals of work items: in batches, under row locks, with reasons for refusals."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from django.utils import timezone

from metering.outcomes.claims import AHEAD, HOLDS_FOR, Claim, Named, Reversal, Word, wrong
from metering.outcomes.models import Attribution, WorkItem
from metering.outcomes.statements import Key, locked, made_or_locked, note_attributions

BATCH = 1_000
T = TypeVar("T")
N = TypeVar("N", bound=Named)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch. ``repeated``: known already, so that nothing changed. ``refused``: each with its reason."""

    done: int
    repeated: int
    refused: tuple[tuple[Named, str], ...]


def carry(claims: Iterable[Claim]) -> Taken:
    """Each item gets its row, of the task that was queued first, or the task is one more that carries it."""
    now = timezone.now()
    refused = []
    sound = []
    for claim in claims:
        if reason := why_not(claim, now):
            refused.append((claim, reason))
        else:
            sound.append(claim)
    sound.sort(key=lambda claim: (claim.key, claim.credited.began_at))
    _can_be_asked({claim.key[0] for claim in sound if not claim.by_hand})
    done = 0
    for batch in batches([list(those) for _, those in groupby(sound, lambda claim: claim.key)]):
        done += _credited(batch, now)
    return Taken(done, len(sound) - done, tuple(refused))


def why_not(claim: Claim, now: datetime) -> str:
    if claim.credited.began_at > now + AHEAD:
        return "The task lies in the future."
    if claim.by_hand and not claim.credited.changed:
        return "The task changed nothing, so it has no work item."
    return wrong(claim.system, claim.external_id)


def _credited(items: Sequence[Sequence[Claim]], now: datetime) -> int:
    """How many of these got an item that no other task carried. ``items``: the claims of each, in the order of keys."""
    first: dict[Key, Claim] = {}
    for claims in items:
        first[claims[0].key] = next((named for named in claims if not named.by_hand), claims[0])
    asked = with_a_word({system for system, _ in first})
    rows = made_or_locked([_row(claim, now, asked) for claim in first.values()])
    done = 0
    for key, claim in first.items():
        if takes_over(rows[key], claim):
            # Claims by hand that nothing confirmed in time no longer make an item one of several people's.
            rows[key].attributions.filter(by_hand=True, at__lt=now - HOLDS_FOR).delete()
            fresh = _row(claim, now, asked)
            fresh.pk = rows[key].pk
            fresh.save(force_update=True)
            rows[key] = fresh
            done += 1
        elif rows[key].claimed_at == now and is_of(rows[key], claim):
            done += 1
    note_attributions((claim for claims in items for claim in claims), rows, now)
    _tell_whose(list(rows.values()))
    return done


def _row(claim: Claim, now: datetime, asked: set[str]) -> WorkItem:
    system, identity = claim.key
    task = claim.credited
    return WorkItem(
        system=system,
        system_name=claim.system_name or claim.system.strip(),
        external_id=claim.external_id.strip(),
        identity=identity,
        title=claim.title.strip()[:200],
        person_id=task.person_id,
        team_id=task.team_id,
        agent_id=task.agent_id,
        agent_name=task.agent_name[:80],
        source=task.source,
        task=task.task,
        summary=task.summary[:200],
        began_at=task.began_at,
        claimed_at=now,
        by_hand=claim.by_hand,
        changed=task.changed,
        askable=not claim.by_hand or system in asked,
        connection_id=claim.connection_id,
    )


def is_of(row: WorkItem, claim: Claim) -> bool:
    return (row.source, row.task) == (claim.credited.source, claim.credited.task)


def takes_over(row: WorkItem, claim: Claim) -> bool:
    """May this claim's task replace that of an unverified item? The system's word replaces a claim by hand."""
    if row.verified_at is not None:
        return False
    if row.by_hand and not claim.by_hand:
        return True
    return row.lapsed and not is_of(row, claim)


def _tell_whose(rows: Sequence[WorkItem]) -> None:
    """Do tasks of others carry these items, and did one of their person's change something? Both stay true when an
    erasure takes the attributions away.

    Where the system named a task, claims of others by hand change nothing.
    """
    found = Attribution.objects.filter(item__in=rows).order_by()
    carried = set(found.values_list("item_id", "person_id", "by_hand", "changed").distinct())
    told = []
    for row in rows:
        mine = {task for task in carried if task[:2] == (row.pk, row.person_id)}
        others = {task for task in carried if task[0] == row.pk} - mine
        shared = row.shared or any(row.by_hand or not by_hand for _, _, by_hand, _ in others)
        changed = row.changed or any(did for _, _, _, did in mine)
        if (shared, changed) != (row.shared, row.changed):
            row.shared, row.changed = shared, changed
            told.append(row)
    WorkItem.objects.bulk_update(told, ["shared", "changed"])


def _can_be_asked(systems: set[str]) -> None:
    """These have had their own word: from now on no person's counts for what is not verified yet."""
    WorkItem.objects.filter(system__in=systems, askable=False, verified_at=None).update(askable=True)


def with_a_word(systems: set[str]) -> set[str]:
    """Those of ``systems`` that have their own word about their items."""
    found = WorkItem.objects.filter(system__in=systems, askable=True).order_by()
    return set(found.values_list("system", flat=True).distinct())


def verify(words: Iterable[Word]) -> Taken:
    """Items are done since when their system says."""
    words = list(words)
    _can_be_asked({word.key[0] for word in words})
    return _each(words, unverifiable, _verified, ["verified_at"])


def unverifiable(row: WorkItem | None, word: Word, now: datetime) -> str | None:
    """Why the system's word verifies nothing; empty: it does; None: it has been verified already."""
    if row is None:
        return "No task claims this item."
    if row.verified_at is not None:
        return None
    if not row.askable:
        return f"The portal cannot ask “{row.system_name}”, so a colleague must confirm its items."
    if word.at > now + AHEAD:
        return "The result lies in the future."
    if word.at < row.began_at - AHEAD:
        return "It was done before its task was queued."
    if row.by_hand and word.by_id != row.person_id:
        return "It was added by hand, and the system does not confirm that this person did it."
    return ""


def _verified(row: WorkItem, word: Word) -> None:
    row.verified_at = word.at


def reverse(reversals: Iterable[Reversal]) -> Taken:
    """Items were undone. Soon after their verification that voids them, so the earliest that is told stands."""
    return _each(
        sorted(reversals, key=lambda reversal: reversal.at),
        irreversible,
        _reversed,
        ["reversed_at", "reversal_note"],
    )


def irreversible(row: WorkItem | None, undone: Reversal, now: datetime) -> str | None:
    if row is None or row.verified_at is None:
        return "There is no verified item to reverse."
    if row.reversed_at is not None and row.reversed_at <= undone.at:
        return None
    if undone.at > now + AHEAD:
        return "The reversal lies in the future."
    if undone.at < row.verified_at:
        return "The reversal lies before the result."
    return ""


def _reversed(row: WorkItem, undone: Reversal) -> None:
    row.reversed_at, row.reversal_note = undone.at, undone.note.strip()[:300]


def _each(
    said: Iterable[N],
    judge: Callable[[WorkItem | None, N, datetime], str | None],
    change: Callable[[WorkItem, N], None],
    fields: list[str],
) -> Taken:
    now, done, repeated = timezone.now(), 0, 0
    refused: list[tuple[Named, str]] = []
    for batch in batches(sorted(said, key=lambda word: word.key)):
        rows = locked({word.key for word in batch})
        changed: dict[int, WorkItem] = {}
        for word in batch:
            row = rows.get(word.key)
            reason = judge(row, word, now)
            if reason is None:
                repeated += 1
            elif reason or row is None:
                refused.append((word, reason))
            else:
                change(row, word)
                changed[row.pk] = row
        WorkItem.objects.bulk_update(changed.values(), fields)
        done += len(changed)
    return Taken(done, repeated, tuple(refused))


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))
