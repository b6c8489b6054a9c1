"""Corrections as rows: what an event adds up to, what is right, and the rows of the difference. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from secrets import token_hex
from typing import NamedTuple

from metering.usage.row import Row
from metering.usage.writing import digest

BY_HAND = "stated by hand"  # a cost that somebody stated: pricing anew leaves it alone


class By(NamedTuple):
    """What a cost follows from: which list, and what one unit of the list's currency was worth."""

    priced_by: str
    rate: Decimal

    @property
    def stated(self) -> bool:
        """Somebody stated the cost: it does not follow from the tokens, and no list changes it."""
        return self.priced_by.startswith("stated by ")


class Place(NamedTuple):
    """Where an event counts."""

    person_id: int
    team_id: int
    agent_id: int | None
    provider: str
    model: str


class Figures(NamedTuple):
    """What it counts there. ``cost_micros`` is of what is priced; ``unpriced`` is 1 where it is not."""

    requests: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    cost_micros: int
    unpriced: int


NOTHING = Figures(0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Standing:
    """An event with its corrections: ``first`` is the call's own row; ``by``: what the latest of them was priced by."""

    first: Row
    sums: Mapping[Place, Figures]
    by: By

    @property
    def place(self) -> Place:
        """Where it counts now; of one that counts nowhere, where it did first."""
        return next((place for place, sums in self.sums.items() if sums.requests), place_of(self.first))


def place_of(row: Row) -> Place:
    return Place(row.person_id, row.team_id, row.agent_id, row.provider, row.model)


def by_of(row: Row) -> By:
    return By(row.priced_by, row.rate)


def figures_of(row: Row) -> Figures:
    return Figures(*(getattr(row, name) or 0 for name in Figures._fields))


def standing(rows: Iterable[Row]) -> Standing:
    """From the rows of one event as they came in, the call's own among them."""
    found = list(rows)
    sums: dict[Place, Figures] = {}
    for row in found:
        place = place_of(row)
        sums[place] = Figures(*map(sum, zip(sums.get(place, NOTHING), figures_of(row), strict=True)))
    first = next(row for row in found if row.kind == "call")
    return Standing(first, sums, by_of(found[-1]))


def corrections(now: Standing, right: Mapping[Place, Figures], *, note: str, by: By) -> Iterator[Row]:
    """The rows after which every place counts what is ``right``, and nothing where that says nothing."""
    for place in {**now.sums, **right}:
        is_, ought = now.sums.get(place, NOTHING), right.get(place, NOTHING)
        if is_ != ought:
            yield row(now.first, place, difference(is_, ought), note=note, by=by)


def handed_over(is_: Row, person_id: int, *, note: str) -> tuple[Row, Row]:
    """The two rows after which the event of ``is_`` (``queries.standing_in``) is another person's."""
    place, figures, by = place_of(is_), figures_of(is_), by_of(is_)
    away = row(is_, place, difference(figures, NOTHING), note=note, by=by)
    return away, row(is_, place._replace(person_id=person_id), figures, note=note, by=by)


def difference(is_: Figures, ought: Figures) -> Figures:
    return Figures(*(to - at for at, to in zip(is_, ought, strict=True)))


def row(first: Row, place: Place, figures: Figures, *, note: str, by: By) -> Row:
    """A correction of the event whose own row is ``first``. Another person's is without the task: it has a person."""
    key = f"correction:{digest(first.source, first.key).hex()}:{token_hex(8)}"
    return first._replace(
        digest=digest(first.source, key).hex(),
        key=key,
        **place._asdict(),
        **figures._asdict(),
        tool_calls=0,
        changes=0,
        task=first.task if place.person_id == first.person_id else "",
        **by._asdict(),
        kind="correction",
        corrects=first.key,
        note=note,
    )
