"""The link by which an invited person joins, or one who lost their password chooses another.

It follows from the person's row, and ends when it is used, another is made, the person signs out everywhere or leaves,
and after three days; in place of a lost password also when one of the two who made it is no longer an admin.
"""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from portal.addresses import absolute
from portal.admin_requests.models import AdminRequest
from portal.people.models import Person


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "portal.admin_requests.links"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_epoch}"


_tokens = _Tokens()


def link(person: Person) -> str:
    """The whole address, to be given to the person by hand. Never stored, never in the trail."""
    return absolute(reverse("invitation", args=arguments(person)))


def arguments(person: Person) -> list[str]:
    """What the link's URL is made of."""
    return [urlsafe_base64_encode(str(person.pk).encode()), _tokens.make_token(person)]


def whose(uid: str, token: str) -> Person | None:
    """The active person whose link this is, None when it opens nothing (any more)."""
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, UnicodeDecodeError):
        return None
    person = Person.objects.active().filter(pk=pk).first() if pk < 2**63 else None
    if person is None or not _tokens.check_token(person, token):
        return None
    return person if not person.has_joined or AdminRequest.objects.followable(person).exists() else None
