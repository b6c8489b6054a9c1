"""One row: a kind of notice, how it comes about in the cast's company, who is told, and what ends its matter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from portal.accounts import actions as people
from portal.audit.record import PORTAL
from portal.notices.models import Notice
from portal.people.models import Person
from portal.permissions import Role
from tests.cast import PASSWORD, Cast

WORDS = "zebrafink"  # private ones, which never leave the portal


@dataclass(frozen=True)
class Row:
    """``told``: first names; nobody else hears of it. ``ends`` gets what ``happens`` gave; None: it never ends.

    ``words``: what they read in the portal only, where the kind has a text of its own for outside.
    """

    kind: str
    told: str
    happens: Callable[[Cast, pytest.MonkeyPatch], Any]
    ends: Callable[[Cast, Any], object] | None = None
    case: str = ""
    words: str = WORDS
    by_clock: bool = True  # does its row say that it ended? Not where it ended for these people only

    @property
    def name(self) -> str:
        return f"{self.kind} {self.case}".strip()


def told(kind: str, *, open_only: bool = False) -> str:
    """The first names of who was told, sorted."""
    rows = Notice.objects.filter(kind=kind)
    rows = rows.filter(settled_at__isnull=True) if open_only else rows
    return " ".join(sorted(name.split()[0] for name in rows.values_list("person__display_name", flat=True)))


def second_admin() -> Person:
    bo = people.invite(PORTAL, email="bo@example.com", display_name="Bo Berg", roles=[Role.ADMIN])
    return people.join(bo, password=PASSWORD)
