"""``manage.py account``: what takes two admins, for a company that has one. Whoever runs it leaves an entry."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit.record import PORTAL
from portal.people.accounts import actions
from portal.people.links import link
from portal.people.models import Person


class Command(BaseCommand):
    help = "A sign-in link for somebody who has joined, or opens their account after it. For companies with one admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["link", "open"], help="make a link, or confirm who followed one")
        parser.add_argument("email", help="whose account")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.active().filter(email__iexact=options["email"]).first()
        if person is None or not person.has_joined:
            raise CommandError("Nobody who has joined has this e-mail.")
        if options["what"] == "link":
            actions.link_by_machine(PORTAL, person, account=getpass.getuser())
            self.stdout.write(f"Give {person} this link. It works once, for three days:\n{link(person)}")
            return
        if person.held_since is None:
            raise CommandError(f"Nothing of {person} is closed.")
        actions.open_again(PORTAL, person)
        self.stdout.write(f"The account of {person} is open again.")
