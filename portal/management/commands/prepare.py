"""``manage.py prepare``: what must be there before web server, worker and clock start by themselves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.embedded import Trouble
from portal.up import people, prepare
from portal.up.run import say


class Command(BaseCommand):
    help = (
        "Makes or upgrades tables, rights and queue, and the first admin of an empty portal. Starts nothing."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with prepare.in_one_line(), prepare.one_at_a_time():
                if not people.anybody():
                    people.check_first_admin()
                prepare.tables(say)
                if not people.anybody():
                    say(f"Sign in as {people.first_admin(say).email}.")
        except Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        say("Everything is ready for the portal's processes.")
