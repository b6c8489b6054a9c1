"""``manage.py audit_disclosure``: does any combination of what is shown tell fewer people apart than it may?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from metering.publishing.checking import check


class Command(BaseCommand):
    help = (
        "Checks what is published, as each viewer sees it and as any three do together. Fails on a finding."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = check()
        for finding in made.findings:
            self.stderr.write(finding)
        if not made.passed:
            raise CommandError(f"{len(made.findings)} findings: figures tell of fewer people than they may.")
        self.stdout.write(
            f"{made.figures} figures hide everyone from {made.viewers} viewers, and from any three."
        )
