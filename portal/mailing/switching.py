"""The link in a mail that ends such mails in one click, without a sign-in (RFC 8058): signed, for its person alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from portal.addresses import absolute
from portal.notices import kinds
from portal.notices.channels import LETTERS
from portal.notices.models import Choice
from portal.people.models import Person

CHANNEL = LETTERS
SALT = "portal.mailing.switching"
AGE = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Wish:
    """No mails about these kinds of notices."""

    person: Person
    kinds: list[str]


def titles(names: Sequence[str]) -> list[str]:
    """As the page says them where people choose; a kind whose plug-in is gone is left out."""
    return [kind.title for name in names if (kind := kinds.named(name))]


def settings_link() -> str:
    return absolute(reverse("notices:choices"))


def home_link() -> str:
    return absolute(reverse("notices:list"))


def link(person: Person, kinds: Sequence[str]) -> str:
    return absolute(reverse("mailing:switching", args=[token(person, kinds)]))


def token(person: Person, kinds: Sequence[str]) -> str:
    return signing.dumps([person.pk, *kinds], salt=SALT)


def read(given: str) -> Wish | None:
    """None for what is none of ours, too old, or of somebody who has left."""
    try:
        pk, *kinds = signing.loads(given, salt=SALT, max_age=AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.active().filter(pk=pk).first()
    return Wish(person, kinds) if person else None


def stopped(wish: Wish) -> bool:
    """Are all of them stopped?"""
    known = {name for name in wish.kinds if kinds.named(name)}
    off = Choice.objects.filter(person=wish.person, channel=CHANNEL, kind__in=known, on=False)
    return set(off.values_list("kind", flat=True)) == known
