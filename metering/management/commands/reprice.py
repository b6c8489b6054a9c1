"""``manage.py reprice PROVIDER:MODEL``: price calls by the lists as they stand, by corrections."""

from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metering.pricing import unpriced
from metering.rollups.periods import Period
from metering.usage import actions
from portal.audit.record import PORTAL
from portal.words import money, plural


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day like 2026-11-02") from error


class Command(BaseCommand):
    help = "Price the calls of a model anew, after a price was added or mended. Each gets a correction."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", metavar="PROVIDER:MODEL", help="as the ledger names it: openai:gpt-4o")
        parser.add_argument(
            "--from", dest="first", type=day, help="the first UTC day (the oldest that is kept)"
        )
        parser.add_argument("--to", dest="last", type=day, help="the last UTC day (today)")
        parser.add_argument("--note", default="priced anew", help="why; stands in every correction")

    def handle(self, *args: Any, **options: Any) -> None:
        provider, colon, model = options["model"].partition(":")
        if not (provider and colon and model):
            raise CommandError("Name the model as PROVIDER:MODEL, like openai:gpt-4o.")
        kept = unpriced.kept_days()
        period = Period(options["first"] or kept.first, options["last"] or kept.last)
        if period.first > period.last:
            raise CommandError(f"{period.first} is after {period.last}.")
        done = actions.price_again(
            PORTAL, provider=provider, model=model, period=period, note=options["note"]
        )
        self.stdout.write(
            f"{plural(done.calls, 'call')} of {provider}:{model} from {period.first} to {period.last} cost otherwise: "
            f"{money(done.micros)} in all."
        )
