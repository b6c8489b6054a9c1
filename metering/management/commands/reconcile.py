"""``manage.py reconcile INVOICE.csv``: a provider's invoice beside the ledger, by UTC day and model."""

import json
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from metering.rollups.models import DayUsage
from metering.rollups.periods import Period
from metering.usage import invoices
from metering.usage.invoices import Cell, Habits, Invoice, Line, Ours, Tolerance
from portal.org_chart.sheet import Unreadable, decoded
from portal.words import money, plural


class Command(BaseCommand):
    help = (
        "Compare a provider's invoice with the ledger by day, provider and model. The CSV's first line names the "
        "columns day, provider, model and cost (see metering/usage/invoices.py for other names and ways to write "
        "them); costs are in the ledger's currency. The whole calendar months of its lines are compared, or what "
        "--from and --to say. Exit code 1: a difference exceeds the tolerance, or a line could not be read, or "
        "there is none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="INVOICE.csv")
        parser.add_argument(
            "--tolerance", default="0.01", help="per day and model: an amount (0.01), or a part of it (1%%)"
        )
        parser.add_argument("--provider", default="", help="of a file that names none")
        parser.add_argument("--us-dates", action="store_true", help="days are written month/day/year")
        parser.add_argument("--decimal", choices=".,", default="", help="what stands before the cents")
        parser.add_argument("--from", type=_day, metavar="DAY", help="the first day that is compared")
        parser.add_argument("--to", type=_day, metavar="DAY", help="the last day that is compared")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tolerance = Tolerance.parsed(options["tolerance"])
            text, _ = decoded(options["file"].read_bytes())
            habits = Habits(options["provider"], options["us_dates"], options["decimal"], settings.CURRENCY)
            invoice = invoices.read(text, habits)
        except (OSError, ValueError, Unreadable) as error:
            raise CommandError(str(error)) from error
        period = _period(invoice, options["from"], options["to"])
        costs = invoice.within(period) if period else {}
        lines = list(invoices.compared(costs, _ours(invoice.providers, period))) if period else []
        beyond = [line for line in lines if line.exceeds(tolerance)]
        (self._json if options["json"] else self._table)(lines, beyond, invoice, period)
        if not costs and not invoice.bad:
            self.stderr.write(
                f"The invoice has no line {_span(period) or 'below its first'}: that proves nothing."
            )
        if beyond or invoice.bad or not costs:
            raise SystemExit(1)

    def _table(self, lines: list[Line], beyond: list[Line], invoice: Invoice, period: Period | None) -> None:
        for number, why in invoice.bad:
            self.stderr.write(f"Line {number}: {why}")
        if beyond:
            self.stdout.write(
                f"{'Day':10}  {'Model':40}  {'Invoice':>14}  {'Ledger':>14}  {'Difference':>14}"
            )
        for line in beyond:
            ours = line.ours
            model = f"{line.cell.provider}:{line.cell.model}"
            sides = (_side(line.invoiced), _side(ours.micros if ours else None), money(line.difference))
            note = f"  {plural(ours.unpriced, 'call')} not priced" if ours and ours.unpriced else ""
            self.stdout.write(
                f"{line.cell.day}  {model:40}  " + "  ".join(f"{side:>14}" for side in sides) + note
            )
        total = sum(line.invoiced or 0 for line in lines)
        ledger = sum(line.ours.micros for line in lines if line.ours)
        self.stdout.write(
            f"{plural(len(lines), 'day and model', 'days and models')} compared, "
            f"{plural(len(beyond), 'difference')} beyond the tolerance. "
            f"Invoice {money(total)}, ledger {money(ledger)}, difference {money(total - ledger)}. "
            f"{f'Compared {_span(period)}.' if period else 'Nothing was compared.'}"
        )

    def _json(self, lines: list[Line], beyond: list[Line], invoice: Invoice, period: Period | None) -> None:
        found = {
            "currency": settings.CURRENCY,
            "compared": len(lines),
            "from": str(period.first) if period else None,
            "to": str(period.last) if period else None,
            "unreadable": [{"line": number, "why": why} for number, why in invoice.bad],
            "differences": [
                {
                    "day": str(line.cell.day),
                    "provider": line.cell.provider,
                    "model": line.cell.model,
                    "invoice_micros": line.invoiced,
                    "ledger_micros": line.ours.micros if line.ours else None,
                    "difference_micros": line.difference,
                    "calls": line.ours.calls if line.ours else 0,
                    "calls_not_priced": line.ours.unpriced if line.ours else 0,
                }
                for line in beyond
            ],
        }
        self.stdout.write(json.dumps(found, indent=1))


def _side(micros: int | None) -> str:
    return "nothing" if micros is None else money(micros)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day like 2026-11-02.") from None


def _period(invoice: Invoice, first: date | None, last: date | None) -> Period | None:
    """What is compared; None where the invoice says nothing of any day. Raises CommandError."""
    if invoice.months is None:
        return None
    first, last = first or invoice.months.first, last or invoice.months.last
    if first > last:
        raise CommandError(f"There is no day from {first} to {last}.")
    return Period(first, last)


def _span(period: Period | None) -> str:
    return f"from {period.first} to {period.last}" if period else ""


def _ours(providers: set[str], period: Period) -> dict[Cell, Ours]:
    """The ledger's sums of these providers in ``period``, without people."""
    found: dict[Cell, Ours] = {}
    for day, provider, model, *sums in DayUsage.objects.during(period).by_model():
        cell = Cell(day, provider.lower(), model.lower())
        if cell.provider in providers:
            before = found.get(cell, Ours(0, 0, 0))
            found[cell] = Ours(before.micros + sums[0], before.calls + sums[1], before.unpriced + sums[2])
    return found
