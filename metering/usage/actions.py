"""Verbs of the ledger: correct an event, reprice a model, keep contract prices and exchange rates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from metering.events import Event
from metering.rollups.periods import Period
from metering.usage import corrections, queries, writing
from metering.usage.corrections import BY_HAND, By, Figures, Place, Standing
from metering.usage.models import ContractPrice, ExchangeRate, UsageEvent, UsageEventQuerySet
from metering.usage.prices import ONE, Book
from metering.usage.row import Row
from metering.usage.validation import COST_MICROS, TOKENS
from metering.usage.writing import Sums
from portal.audit.record import action, detail, on
from portal.locking import lock_until_commit
from portal.people.models import Person
from portal.teams.models import Team

AT_ONCE = 10_000
NULLABLE = ("cache_read", "cache_write", "valid_until", "added_by")
TOKEN_FIELDS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")


@dataclass(frozen=True, slots=True)
class Repriced:
    """What pricing anew came to: how many calls have another cost, and the sum of the differences in micros."""

    calls: int
    micros: int


@action(Event.USAGE_CORRECTED)
def correct(
    actor: Person | str,
    event: UsageEvent,
    *,
    note: str,
    person: Person | None = None,
    team: Team | None = None,
    happened: bool = True,
    **right: int,
) -> int:
    """Correct an event by rows that hold the differences. Returns how many.

    ``right``: any of the four token counts and ``cost_micros``; a cost that is neither given nor stated follows from
    the tokens. ``person`` and ``team``: whose it is instead. ``happened=False``: it never did. Raises ValidationError
    where nothing would change, the figures cannot be, or the event is no longer kept.
    """
    lock_until_commit(queries.LOCK)
    rows = queries.of_event(event)
    if not any(row.kind == "call" for row in rows):
        raise ValidationError("This call is not kept any more: only its day's sums are, and they stay.")
    now = corrections.standing(rows)
    ought: dict[Place, Figures] = {}
    by = now.by
    if happened:
        place = now.place
        if person:
            place = place._replace(person_id=person.pk)
        if team:
            place = place._replace(team_id=team.pk)
        figures, by = _right(now, right)
        ought[place] = figures
    made = list(corrections.corrections(now, ought, note=_note(note), by=by))
    if not made:
        raise ValidationError("The ledger says that already.")
    writing.write(made)
    on(event.person)
    detail(source=now.first.source, event=now.first.key, rows=len(made), note=_note(note))
    return len(made)


@action(Event.USAGE_CORRECTED)
def correct_all(actor: Person | str, events: UsageEventQuerySet, *, note: str, person: Person) -> int:
    """As ``correct`` for all ``events`` of one person: they are ``person``'s instead. Returns how many. One entry."""
    lock_until_commit(queries.LOCK)
    if owner := Person.objects.filter(pk__in=events.order_by("at").values("person")[:1]).first():
        on(owner)
    calls, found = 0, queries.standing_in(events)
    said, sums = _note(note), Sums()
    while chunk := list(islice(found, AT_ONCE)):
        rows = (corrections.handed_over(row, person.pk, note=said) for row in chunk)
        writing.put([row for pair in rows for row in pair], sums)
        calls += len(chunk)
    writing.add_up(sums)
    detail(note=said)  # not how many: the trail is read by others, and that is a figure about one person
    return calls


@action(Event.USAGE_PRICED)
def price_again(
    actor: Person | str, *, provider: str, model: str, period: Period, note: str = "priced anew"
) -> Repriced:
    """Price the calls of a model by today's lists, by rows that hold the differences; not those with a stated cost."""
    lock_until_commit(queries.LOCK)
    writing.wait()
    calls, micros, sums = 0, 0, Sums()
    found = _priced_otherwise(provider, model, period, _note(note))
    while rows := list(islice(found, AT_ONCE)):
        writing.put(rows, sums)
        calls += len(rows)
        micros += sum(row.cost_micros or 0 for row in rows)
    writing.add_up(sums)
    detail(model=f"{provider}:{model}", first=str(period.first), last=str(period.last), note=_note(note))
    # Not how many calls, nor what they cost otherwise: where one person uses the model, that is a figure about them.
    return Repriced(calls, micros)


@action(Event.PRICE_ADDED)
def add_price(actor: Person | str, **fields: Any) -> ContractPrice:
    """Keep a contract's price. ``fields`` are those of ContractPrice; calls before it stay as they were priced."""
    price = ContractPrice(added_by=actor if isinstance(actor, Person) else None, **fields)
    price.full_clean(exclude=[name for name in NULLABLE if getattr(price, name) is None])
    price.save()
    detail(
        valid_from=str(price.valid_from), valid_until=str(price.valid_until or ""), currency=price.currency
    )
    detail(input=str(price.input), output=str(price.output), note=price.note)
    detail(cache_read=_said(price.cache_read), cache_write=_said(price.cache_write))
    return price


@action(Event.PRICE_ENDED)
def end_price(actor: Person | str, price: ContractPrice, *, last: date) -> ContractPrice:
    """Let a contract's price apply until ``last``, that day included; one that has not begun by then is withdrawn."""
    unused = last < price.valid_from and price.valid_from > datetime.now(UTC).date()
    if last < price.valid_from - timedelta(days=1) and not unused:
        raise ValidationError({"last": f"It began on {price.valid_from}; it cannot end before that."})
    last = max(last, price.valid_from)
    change: dict[str, Any] = {"withdrawn": True} if unused else {"valid_until": last}
    if not ContractPrice.objects.current(last).filter(pk=price.pk).update(**change):
        ended = "is withdrawn" if price.withdrawn else f"ended on {price.valid_until}"
        raise ValidationError({"last": f"It {ended} already."})
    detail(**({"withdrawn": True} if unused else {"last": str(last)}))
    price.refresh_from_db()
    return price


@action(Event.RATE_ADDED)
def add_rate(actor: Person | str, *, currency: str, day: date, rate: Decimal) -> ExchangeRate:
    """From ``day`` on a unit of ``currency`` is worth ``rate`` units of the ledger's."""
    if currency == settings.CURRENCY:
        raise ValidationError({"currency": f"The ledger is kept in {currency}: it needs no rate."})
    row = ExchangeRate(currency=currency, day=day, rate=rate)
    row.full_clean()
    row.save()
    return row


def _right(now: Standing, right: dict[str, int]) -> tuple[Figures, By]:
    """What the event counts, and what it is priced by."""
    if unknown := right.keys() - {*TOKEN_FIELDS, "cost_micros"}:
        raise TypeError(f"Not to be corrected: {', '.join(sorted(unknown))}")
    most = dict.fromkeys(TOKEN_FIELDS, TOKENS) | {"cost_micros": COST_MICROS}
    if any(not 0 <= number <= most[name] for name, number in right.items()):
        raise ValidationError(
            f"Counts are from 0 to {TOKENS:,}, and a cost is not negative and at most {COST_MICROS:,} micros."
        )
    is_ = now.sums[now.place]
    is_ = is_ if is_.requests else corrections.figures_of(now.first)
    figures = is_._replace(requests=1, **right)
    counts = [getattr(figures, name) for name in TOKEN_FIELDS]
    if figures.cache_read_tokens + figures.cache_write_tokens > figures.input_tokens:
        raise ValidationError("The tokens read have to include the cached ones.")
    if "cost_micros" in right:
        return figures._replace(unpriced=0), By(BY_HAND, ONE)
    if now.by.stated or counts == [getattr(is_, name) for name in TOKEN_FIELDS]:
        return figures, now.by
    price = Book.read().price(now.place.provider, now.place.model, now.first.at, *counts)
    figures = figures._replace(cost_micros=price.micros or 0, unpriced=int(price.micros is None))
    return figures, By(price.priced_by, price.rate)


def _priced_otherwise(provider: str, model: str, period: Period, note: str) -> Iterator[Row]:
    book: Book | None = None
    events = UsageEvent.objects.during(period).filter(provider=provider, model=model)
    for row in queries.standing_in(events):
        book = book or Book.read()  # only now: nothing that is read was priced by a later one
        is_, by = corrections.figures_of(row), corrections.by_of(row)
        price = book.price(provider, model, row.at, *(getattr(row, name) for name in TOKEN_FIELDS))
        same = price.micros == is_.cost_micros and not is_.unpriced
        if by.stated or price.micros is None or same:
            continue
        ought = is_._replace(cost_micros=price.micros, unpriced=0)
        by, more = By(price.priced_by, price.rate), corrections.difference(is_, ought)
        yield corrections.row(row, corrections.place_of(row), more, note=note, by=by)


def _note(note: str) -> str:
    note = " ".join(note.split())[:200]
    if not note:
        raise ValidationError({"note": "A correction says why."})
    return note


def _said(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)
