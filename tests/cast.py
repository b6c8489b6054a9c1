"""The fixed cast of every test: Ada admin, Lea lead, Mia member, Finn finance, Aud auditor, Olga outsider."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.test import Client

from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.people.models import Person
from portal.permissions import Role
from portal.teams import actions as teams
from portal.teams.models import Membership, Team
from tests.copies import Copies, written

PASSWORD = "a long enough phrase"
NAMES = ("ada", "lea", "mia", "finn", "aud", "olga")


@dataclass(frozen=True)
class Cast:
    """Lea leads Support, where Mia is a member and whose manager she is; Olga is in another team, Sales."""

    ada: Person
    lea: Person
    mia: Person
    finn: Person
    aud: Person
    olga: Person
    support: Team
    sales: Team

    def everyone(self) -> dict[str, Person]:
        return {name: getattr(self, name) for name in NAMES}


@cache
def copies() -> Copies[Cast]:
    return Copies(_make)


# The latest cast, and how many rows were written when it was there.
_latest: tuple[Cast | None, int | None] = (None, None)


def make_cast() -> Cast:
    global _latest
    cast = copies().one()
    _latest = cast, written()
    return cast


def untouched(cast: Cast) -> bool:
    """Within a transaction that has written nothing but this cast."""
    return _latest[0] is cast and (rows := written()) is not None and _latest[1] == rows


def _make() -> Cast:
    def person(first: str, last: str, *roles: Role, manager: Person | None = None) -> Person:
        one = people.invite(
            PORTAL,
            email=f"{first}.{last}@example.com".lower(),
            display_name=f"{first} {last}",
            roles=roles,
            manager=manager,
        )
        return people.join(one, password=PASSWORD)

    ada = person("Ada", "Osei", Role.ADMIN)
    lea = person("Lea", "Brandt", manager=ada)
    mia = person("Mia", "Park", manager=lea)
    finn = person("Finn", "Moreau", Role.FINANCE)
    aud = person("Aud", "Lindqvist", Role.AUDITOR)
    olga = person("Olga", "Petrova")
    support = teams.create(PORTAL, name="Support", cost_centre="4100")
    sales = teams.create(PORTAL, name="Sales", cost_centre="4200")
    teams.add_member(PORTAL, support, person=lea, role=Membership.Role.LEAD)
    teams.add_member(PORTAL, support, person=mia)
    teams.add_member(PORTAL, sales, person=olga)
    return Cast(ada, lea, mia, finn, aud, olga, support, sales)


# Texts that keep their own line breaks; everywhere else in HTML a run of whitespace is one space.
AS_WRITTEN = re.compile(
    rb"""(<(?P<tag>pre|textarea|blockquote)\b.*?</(?P=tag)>|\bvalue="[^"]*")""", re.DOTALL
)


class Browser(Client):
    """Reads a page's whitespace as HTML does, so that tests hold words and not how a template is indented."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            parts = AS_WRITTEN.split(response.content)  # text, a kept text, its tag, text, …
            for n in range(0, len(parts), 3):
                parts[n] = re.sub(rb"\s+", b" ", parts[n])
            response.content = b"".join(part for n, part in enumerate(parts) if n % 3 != 2)
        return response


def as_(person: Person | None) -> Client:
    """A browser in which this person is signed in; None: nobody is."""
    client = Browser()
    if person is not None:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client
