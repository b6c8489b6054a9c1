"""Reads a provider's invoice as CSV and lays it beside the ledger, by day and model. Pure.

Columns, in any order, named in any of these ways; others are ignored:

    day       date, usage_date, date_utc      2026-11-02 or 02.11.2026; a time behind it is left out
    provider  vendor                          optional where the file is of one provider (--provider)
    model     model_name, model_id, sku
    cost      amount, total, cost_usd, …      1234.56 or 1.234,56 or $1,234.56, in the ledger's currency
    currency                                  optional; that of the ledger

A column or an amount that names another currency is refused: nothing here is converted.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from metering.rollups.periods import Period, month
from portal.org_chart.sheet import Unreadable

NAMES = {
    "day": ("day", "date", "usage_date", "date_utc"),
    "provider": ("provider", "vendor"),
    "model": ("model", "model_name", "model_id", "sku"),
    "cost": ("cost", "amount", "total", "price"),
    "currency": ("currency", "currency_code"),
}
OPTIONAL = ("currency",)
CURRENCY = re.compile("[$€£¥]|(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
SIGNS = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
}
FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")
US_FORMS = ("%m/%d/%Y",)
YEARS = range(2000, 2101)
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
    def months(self) -> Period | None:
        """The whole calendar months of its lines, so that a day that it leaves out at either end is compared too."""
        days = [cell.day for cell in self.costs]
        return Period(month(min(days)).first, month(max(days)).last) if days else None

    @property
    def providers(self) -> set[str]:
        return {cell.provider for cell in self.costs}

    def within(self, period: Period) -> dict[Cell, int]:
        return {
            cell: micros for cell, micros in self.costs.items() if period.first <= cell.day <= period.last
        }


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

    ``currency`` is the ledger's, which every amount has to be in. ``decimal`` is ``.`` or ``,``; where it is empty it
    is found out, or refused where it could be either.
    """

    provider: str = ""
    us_dates: bool = False
    decimal: str = ""
    currency: str = "USD"


def read(text: str, habits: Habits = Habits()) -> Invoice:
    """The lines of an invoice. Raises Unreadable."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    rows = _rows(text, delimiter)
    _, header = next(rows, (1, []))
    columns = _columns(header, habits)
    costs: dict[Cell, int] = {}
    bad: list[tuple[int, str]] = []
    for number, row in rows:
        try:
            cell, cost = _line(row, columns, habits, dotted=delimiter == ",")
        except ValueError as error:
            bad.append((number, str(error)))
        else:
            costs[cell] = costs.get(cell, 0) + cost
    return Invoice(costs, bad)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of its last line. Raises Unreadable."""
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield rows.line_num, row
    except csv.Error as error:
        said = (
            f"Line {rows.line_num} cannot be read ({error}). Is a quotation mark left open there or before?"
        )
        raise Unreadable(said) from error


def compared(invoice: Mapping[Cell, int], ledger: Mapping[Cell, Ours]) -> Iterator[Line]:
    """Every cell of either side, by day, provider and model."""
    for cell in sorted(invoice.keys() | ledger.keys()):
        yield Line(cell, invoice.get(cell), ledger.get(cell))


def _columns(header: Sequence[str], habits: Habits) -> dict[str, int]:
    """Where each column stands. Raises Unreadable naming those that are missing, or a currency that is another."""
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
    needless = (*OPTIONAL, "provider") if habits.provider else OPTIONAL
    missing = [name for name in NAMES if name not in found and name not in needless]
    if missing:
        way = " Name it with --provider where the file is of one." if "provider" in missing else ""
        raise Unreadable(f"The first line has no column for {', '.join(missing)}.{way}")
    title = header[found["cost"]].strip()
    if other := _other(title.replace("_", " "), habits.currency):
        raise Unreadable(
            f"The column “{title[:40]}” names {other}, and the ledger is kept in {habits.currency}."
        )
    return found


def _other(text: str, currency: str) -> str:
    """The currency that ``text`` names and that is not ``currency``; empty where it names none."""
    named = CURRENCY.findall(text)
    return next((sign.upper() for sign in named if currency not in SIGNS.get(sign, (sign.upper(),))), "")


def _line(
    row: Sequence[str], columns: Mapping[str, int], habits: Habits, *, dotted: bool
) -> tuple[Cell, int]:
    """Raises ValueError saying what is wrong with which value. ``dotted``: a lone point stands before the cents."""
    if len(row) <= max(columns.values()):
        raise ValueError(f"It has {len(row)} values, fewer than the first line names.")
    values = {name: row[at].strip() for name, at in columns.items()}
    vendor = values.get("provider") or habits.provider
    if not vendor or not values["model"]:
        raise ValueError(f"The {'model' if vendor else 'provider'} is empty.")
    cell = Cell(_day(values["day"], habits.us_dates), vendor.lower(), values["model"].lower())
    said = values.get("currency", "").upper()
    other = _other(values["cost"], habits.currency)
    if other or said not in ("", habits.currency):
        amount = f"“{values['cost'][:40]}” names {other}" if other else f"It is in {said[:40]}"
        raise ValueError(f"{amount}, and the ledger is kept in {habits.currency}.")
    return cell, _micros(values["cost"], habits.decimal, dotted=dotted)


def _day(text: str, us_dates: bool) -> date:
    start = re.split(r"[T ]", text, maxsplit=1)[0]
    for form in (*FORMS, *(US_FORMS if us_dates else ())):
        try:
            found = datetime.strptime(start, form).date()
        except ValueError:
            continue
        if found.year in YEARS:
            return found
    hint = "" if us_dates or "/" not in text else " For month/day/year, say --us-dates."
    raise ValueError(f"“{text[:40]}” is no day like 2026-11-02.{hint}")


def _micros(text: str, decimal: str, *, dotted: bool) -> int:
    """An amount with or without a currency; in brackets it is negative. ``decimal``: its point, "" to find out."""
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", CURRENCY.sub("", text))
    negative = bare.startswith(("-", "−", "(")) or bare.endswith("-")
    bare = bare.strip("-−()+")
    if re.fullmatch(r"\d+(\.\d+)?[eE]-?\d{1,2}", bare):
        amount = Decimal(bare)
    else:
        point = decimal or _point(bare, dotted)
        whole, _, part = bare.partition(point)
        groups = rf"\d*|[1-9]\d{{0,2}}([{'.,'.replace(point, '')}]\d{{3}})+"
        if not re.fullmatch(groups, whole) or not re.fullmatch(r"\d*", part) or not whole + part:
            hint = (
                "" if decimal or "," not in bare else " If a comma stands before the cents, say --decimal ,"
            )
            raise ValueError(f"“{text[:40]}” is no amount.{hint}")
        amount = Decimal(f"{re.sub('[.,]', '', whole) or 0}.{part or 0}")
    micros = int((amount * MICROS).to_integral_value(ROUND_HALF_UP))
    return -micros if negative else micros


def _point(bare: str, dotted: bool) -> str:
    """Which of ``.`` and ``,`` stands before the cents. Raises ValueError where it could be either.

    In a file whose cells are separated by commas (``dotted``) it is a point, so ``1.234`` is a little more than one;
    a lone ``1,234`` may still be what another habit wrote in quotation marks.
    """
    signs = [sign for sign in bare if sign in ".,"]
    if len(set(signs)) == 2:
        return signs[-1]
    if len(signs) != 1:
        return "," if "." in signs else "."
    if dotted and signs == ["."]:
        return "."
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare):
        raise ValueError(f"“{bare}” could be a thousand times more or less. Say --decimal . or --decimal ,")
    return "." if dotted else signs[0]
