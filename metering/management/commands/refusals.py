"""``manage.py refusals``: the events that the ledger did not take, and why."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Sum

from metering.usage.models import UsageRefusal
from portal.words import plural


class Command(BaseCommand):
    help = (
        "List the usage events that the ledger refused, latest first, and how many of each source there are."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--search", default="", help="only where source, key or reason hold this")
        parser.add_argument("--most", type=int, default=50, help="list at most so many (50)")

    def handle(self, *args: Any, **options: Any) -> None:
        found = UsageRefusal.objects.search(options["search"])
        for refusal in found[: options["most"]]:
            times = f"  ({refusal.times} times)" if refusal.times > 1 else ""
            self.stdout.write(
                f"{refusal.received_at:%Y-%m-%d %H:%M} UTC  {refusal.source}  {refusal.key}  {refusal.reason}{times}"
            )
        for source, times in found.order_by("source").values_list("source").annotate(Sum("times")):
            self.stdout.write(f"{source}: {plural(times, 'event')} refused")
        if not found:
            self.stdout.write("Nothing was refused.")
