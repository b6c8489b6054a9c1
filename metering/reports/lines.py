"""Reports as the lines of a file. Pure: what is in them comes from ``figures``."""

from collections.abc import Iterator

from django.conf import settings

from metering.publications.models import Publication
from metering.reports.figures import Report

SHOWN, NOT_SHOWN, NOT_PRICED = "shown", "not shown", "not priced"
GROUP = ("first_day", "last_day", "group", "cost", "currency", "verified_items", "cost_per_item", "state")


def group(name: str, report: Report) -> Iterator[tuple[str, ...]]:
    """A line for each four weeks of the year, latest first. Amounts with six digits; empty: not shown."""
    for line in report.lines:
        yield (str(line.period.first), str(line.period.last), name, *_values(line.figure))


def amount(micros: int | None) -> str:
    return "" if micros is None else f"{micros / 1_000_000:.6f}"


def currency() -> str:
    return str(getattr(settings, "CURRENCY", "USD"))


def _values(figure: Publication | None) -> tuple[str, ...]:
    if figure is None:
        return ("", "", "", "", NOT_SHOWN)
    items = "" if figure.items is None else str(figure.items)
    state = NOT_PRICED if figure.cost_micros is None else SHOWN
    return (amount(figure.cost_micros), currency(), items, amount(figure.micros_per_item), state)
