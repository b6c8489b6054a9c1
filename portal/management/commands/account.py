"""``manage.py account``: what takes two admins, for a company that has one. Whoever runs it leaves an entry."""

import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.admin_requests import actions
from portal.admin_requests.links import link
from portal.audit.record import PORTAL
from portal.people.models import Person


class Command(BaseCommand):
    help = (
        "For companies with one admin: a sign-in link, another e-mail or the role Admin for somebody who has joined. "
        "Or opens their account after a link."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", choices=["link", "email", "admin", "open"], help="open: confirm who followed a link"
        )
        parser.add_argument("email", help="whose account")
        parser.add_argument("--to", default="", metavar="EMAIL", help="with “email”: the new one")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.active().filter(email__iexact=options["email"]).first()
        if person is None or not person.has_joined:
            raise CommandError("Nobody who has joined has this e-mail.")
        if options["what"] != "open":
            self._do(options["what"], person, options["to"].strip().lower())
            return
        if person.held_since is None:
            raise CommandError(f"The account of {person} is not closed.")
        actions.open_again(PORTAL, person)
        self.stdout.write(f"The account of {person} is open again.")

    def _do(self, kind: str, person: Person, value: str) -> None:
        if bool(value) != (kind == "email"):
            raise CommandError("--to names the new e-mail, with “email” alone.")
        try:
            row = actions.by_machine(PORTAL, person, kind=kind, value=value, account=getpass.getuser())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"Done: {row}.")
        if kind == "link":
            self.stdout.write(f"Give {person} this link. It works once, for three days:\n{link(person)}")
