"""Reads a provider's invoice as CSV and lays it beside the ledger, by day and model. Pure.

Columns, in any order, named in any of these ways; others are ignored:

    day       date, usage_date, date_utc      2026-11-02 or 02.11.2026; a time behind it is left out
    provider  vendor                          optional where the file is of one provider (--provider)
    model     model_name, model_id, sku
    cost      amount, total, cost_usd, …      1234.56 or 1.234,56 or $1,234.56, in the ledger's currency
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from portal.people.sheet import Unreadable

NAMES = {
    "day": ("day", "date", "usage_date", "date_utc"),
    "provider": ("provider", "vendor"),
    "model": ("model", "model_name", "model_id", "sku"),
    "cost": ("cost", "amount", "total", "price"),
}
FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")
US_FORMS = ("%m/%d/%Y",)
MICROS = 1_000_000


class Cell(NamedTuple):
    """What is compared: one model on one UTC day, names in small letters."""

    day: date
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """Cost in micros, added up where a cell has several lines; ``bad``: lines that could not be read, with why."""

    costs: Mapping[Cell, int]
    bad: Sequence[tuple[int, str]]

    @property
    def days(self) -> tuple[date, date] | None:
        found = [cell.day for cell in self.costs]
        return (min(found), max(found)) if found else None


@dataclass(frozen=True, slots=True)
class Ours:
    """The ledger's side of a cell; ``unpriced`` of its ``calls`` are not in ``micros``."""

    micros: int
    calls: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of both sides. None: that side does not have it."""

    cell: Cell
    invoiced: int | None
    ours: Ours | None

    @property
    def difference(self) -> int:
        """What the invoice has more than the ledger, in micros."""
        return (self.invoiced or 0) - (self.ours.micros if self.ours else 0)

    def exceeds(self, tolerance: "Tolerance") -> bool:
        return abs(self.difference) > tolerance.micros(self.invoiced or 0)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """An amount in the ledger's currency, or a part of what was invoiced."""

    amount: Decimal
    per_cent: bool = False

    @classmethod
    def parsed(cls, text: str) -> "Tolerance":
        """``0.05`` or ``1%``. Raises ValueError."""
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
        if not found:
            raise ValueError("A tolerance is an amount (0.05) or a part of the invoice (1%).")
        return cls(Decimal(found[1]), bool(found[2]))

    def micros(self, invoiced: int) -> Decimal:
        return abs(invoiced) * self.amount / 100 if self.per_cent else self.amount * MICROS


@dataclass(frozen=True, slots=True)
class Habits:
    """What a file does not say itself: the ``provider`` of lines that name none, how it writes days and amounts.

    ``decimal`` is ``.`` or ``,``; where it is empty it is found out, or refused where it could be either.
    """

    provider: str = ""
    us_dates: bool = False
    decimal: str = ""


def read(text: str, habits: Habits = Habits()) -> Invoice:
    """The lines of an invoice. Raises Unreadable."""
    head = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    if not habits.decimal and delimiter == ",":
        habits = replace(habits, decimal=".")
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    columns = _columns(next((row for row in rows if any(row)), []), habits.provider)
    costs: dict[Cell, int] = {}
    bad: list[tuple[int, str]] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        try:
            cell, cost = _line(row, columns, habits)
        except ValueError as error:
            bad.append((rows.line_num, str(error)))
        else:
            costs[cell] = costs.get(cell, 0) + cost
    return Invoice(costs, bad)


def compared(invoice: Mapping[Cell, int], ledger: Mapping[Cell, Ours]) -> Iterator[Line]:
    """Every cell of either side, by day, provider and model."""
    for cell in sorted(invoice.keys() | ledger.keys()):
        yield Line(cell, invoice.get(cell), ledger.get(cell))


def _columns(header: Sequence[str], provider: str) -> dict[str, int]:
    """Where each column stands. Raises Unreadable naming those that are missing."""
    names = [re.sub(r"\W+", "_", name.strip().lower().lstrip("\ufeff")).strip("_") for name in header]
    found = {}
    for column, known in NAMES.items():
        fits = [at for at, name in enumerate(names) if name in known]
        if column == "cost":  # cost_usd
            fits += [
                at
                for at, name in enumerate(names)
                if re.sub("_[a-z]{3}$", "", name) in known and at not in fits
            ]
        if len(fits) > 1:
            raise Unreadable(
                f"Several columns are the {column}: {', '.join(header[at] for at in fits)}. Keep one."
            )
        if fits:
            found[column] = fits[0]
    missing = [name for name in NAMES if name not in found and not (name == "provider" and provider)]
    if missing:
        way = " Name it with --provider where the file is of one." if "provider" in missing else ""
        raise Unreadable(f"The first line has no column for {', '.join(missing)}.{way}")
    return found


def _line(row: Sequence[str], columns: Mapping[str, int], habits: Habits) -> tuple[Cell, int]:
    """Raises ValueError saying what is wrong with which value."""
    if len(row) <= max(columns.values()):
        raise ValueError(f"It has {len(row)} values, fewer than the first line names.")
    values = {name: row[at].strip() for name, at in columns.items()}
    vendor = values.get("provider") or habits.provider
    if not vendor or not values["model"]:
        raise ValueError(f"The {'model' if vendor else 'provider'} is empty.")
    cell = Cell(_day(values["day"], habits.us_dates), vendor.lower(), values["model"].lower())
    return cell, _micros(values["cost"], habits.decimal)


def _day(text: str, us_dates: bool) -> date:
    start = re.split(r"[T ]", text, maxsplit=1)[0]
    for form in (*FORMS, *(US_FORMS if us_dates else ())):
        try:
            return datetime.strptime(start, form).date()
        except ValueError:
            continue
    hint = "" if us_dates or "/" not in text else " For month/day/year, say --us-dates."
    raise ValueError(f"“{text[:40]}” is no day like 2026-11-02.{hint}")


def _micros(text: str, decimal: str) -> int:
    """An amount with or without a currency; in brackets it is negative. ``decimal``: its point, "" to find out."""
    bare = re.sub(r"[\s\u00a0\u202f'’]|\b[A-Za-z]{3}\b|[$€£¥]", "", text)
    negative = bare.startswith(("-", "−", "(")) or bare.endswith("-")
    bare = bare.strip("-−()+")
    if re.fullmatch(r"\d+(\.\d+)?[eE]-?\d{1,2}", bare):
        amount = Decimal(bare)
    else:
        point = decimal or _point(bare)
        whole, _, part = bare.partition(point)
        groups = rf"\d*|\d{{1,3}}([{'.,'.replace(point, '')}]\d{{3}})+"
        if not re.fullmatch(groups, whole) or not re.fullmatch(r"\d*", part) or not whole + part:
            raise ValueError(f"“{text[:40]}” is no amount.")
        amount = Decimal(f"{re.sub('[.,]', '', whole) or 0}.{part or 0}")
    micros = int((amount * MICROS).to_integral_value(ROUND_HALF_UP))
    return -micros if negative else micros


def _point(bare: str) -> str:
    """Which of ``.`` and ``,`` stands before the cents. Raises ValueError where it could be either."""
    signs = [sign for sign in bare if sign in ".,"]
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) != 1:
        return "," if "." in signs else "."
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare):
        raise ValueError(f"“{bare}” could be a thousand times more or less. Say --decimal . or --decimal ,")
    return signs[0]
