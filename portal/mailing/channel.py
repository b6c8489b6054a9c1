"""The channel *mail*: notices go to the person's e-mail, several at once in one mail."""

import logging
from collections.abc import Sequence

from django.conf import settings

from portal.env_outgoing import Smtp
from portal.mailing import letters, sending
from portal.mailing.switching import CHANNEL
from portal.notices.channels import Away, Refused, Shown
from portal.outgoing import Away as ServerAway
from portal.outgoing import OutgoingError, Unanswered
from portal.outgoing.smtp import NotNow, NotTaken
from portal.people.models import Person
from portal.reasons import Stored, because

log = logging.getLogger(__name__)

LATER = 300.0  # seconds; a server that does not know us yet (greylisting) wants to be asked again after some minutes
REASONS = {
    "mail.away": "The mail server {host} did not take it for the moment.",
    "mail.closed": "The mail server {host} takes no mail from the portal. An admin can check its settings.",
    "mail.refused": "The mail server {host} does not take mail for this address.",
    "mail.address": "The e-mail in the profile is none that mail can be sent to.",
}


class MailChannel:
    name = CHANNEL
    title = "Mail"
    missing = "No mail can be sent to the e-mail of your profile. An admin can change it."

    def ready(self) -> bool:
        return settings.SMTP is not None

    def may(self, person: Person) -> bool:
        try:
            letters.address(person)
        except letters.NoAddress:
            return False
        return True

    def send(self, person: Person, notices: Sequence[Shown]) -> None:
        server: Smtp | None = settings.SMTP
        if server is None:
            raise Away(everybody=True)
        try:
            letter, to = letters.letter(person, notices, server.sender)
        except letters.NoAddress:
            raise Refused(because("mail.address")) from None
        try:
            sending.send(letter, to)
        except OutgoingError as error:
            log.warning(
                "Mail to person #%s was not sent: %s", person.pk, str(error).replace(to, "their address")
            )
            raise _meaning(error) from error


def _meaning(error: OutgoingError) -> Away | Refused:
    """Is it tried again, for this person or for all? What an admin can mend is never given up."""
    if isinstance(error, NotTaken) and not error.by_policy:
        if error.code < 500:  # full
            return Away(LATER, why=_why("mail.away"))
        return Refused(_why("mail.refused"))
    if isinstance(error, NotTaken) and error.step == "recipient":
        return Away(LATER, why=_why("mail.closed"))
    if isinstance(error, NotNow) and error.step in {"recipient", "mail"}:
        return Away(LATER, why=_why("mail.away"))
    if isinstance(error, Unanswered):  # sent again with the same Message-ID
        return Away(why=_why("mail.away"))
    if isinstance(error, ServerAway):
        return Away(everybody=True, why=_why("mail.away"))
    return Away(everybody=True, why=_why("mail.closed"))


def _why(code: str) -> Stored:
    return because(code, host=settings.SMTP.host if settings.SMTP else "")


MAIL = MailChannel()
