"""What a mail about notices looks like: text and HTML, no private words, and a way to end it in one click."""

import hashlib
from collections.abc import Sequence
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from portal.mailing import switching
from portal.notices.channels import Shown
from portal.people.models import Person
from portal.words import plural

LONGEST = 120  # characters of a subject
MOST = 100  # notices shown one by one


class NoAddress(Exception):
    """The person's e-mail is none that a mail can be sent to."""


def letter(person: Person, notices: Sequence[Shown], sender: str) -> tuple[EmailMessage, str]:
    """The mail, and where it goes. The same notices make the same Message-ID. Raises NoAddress."""
    to = address(person)
    name, own = parseaddr(sender)
    made = EmailMessage()
    made["From"] = Address(name, addr_spec=own)
    made["To"] = Address(_line(person.display_name), addr_spec=to)
    made["Subject"] = subject(notices)
    made["Date"] = format_datetime(timezone.now())
    made["Message-ID"] = message_id(person, notices, own)
    made["Auto-Submitted"] = "auto-generated"  # no reply by a machine, such as one of absence
    made["X-Auto-Response-Suppress"] = "All"
    kinds = list(dict.fromkeys(notice.kind for notice in notices if not notice.fixed))
    off = switching.link(person, kinds) if kinds else ""
    if off:
        made["List-Unsubscribe"] = f"<{off}>"
    if off.startswith("https:"):
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    zone = ZoneInfo(person.time_zone)
    context = {
        "person": person,
        "notices": [(one, one.made_at.astimezone(zone)) for one in notices[:MOST]],
        "more": len(notices) - MOST,
        "zone": zone,
        "off": off,
        "titles": switching.titles(kinds),
        "subject": made["Subject"],
        "settings": switching.settings_link(),
        "home": switching.home_link(),
        "company": settings.COMPANY_NAME,
    }
    made.set_content(render_to_string("portal/mailing/letter.txt", context).strip() + "\n")
    made.add_alternative(render_to_string("portal/mailing/letter.html", context), subtype="html")
    return made, to


def subject(notices: Sequence[Shown]) -> str:
    """What the one says; of several, how many there are."""
    if len(notices) > 1:
        return f"{plural(len(notices), 'notice')} from Agent Portal"
    text = _line(notices[0].text)
    return text if len(text) <= LONGEST else _line(notices[0].title)[:LONGEST]


def message_id(person: Person, notices: Sequence[Shown], own: str) -> str:
    """The same for the same notices, so that a mail that had to be sent twice can be shown once."""
    told = f"{person.pk}:{','.join(str(notice.id) for notice in notices)}"
    return f"<notices.{hashlib.sha256(told.encode()).hexdigest()[:32]}@{own.rpartition('@')[2]}>"


def address(person: Person) -> str:
    """The person's e-mail as it is sent. Raises NoAddress."""
    local, _, domain = person.email.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
        Address(addr_spec=plain)
    except (MessageError, ValueError, UnicodeError, IndexError) as error:
        raise NoAddress(person.email) from error
    if not local.isascii() or domain.endswith(".invalid"):
        raise NoAddress(person.email)
    return plain


def _line(text: str) -> str:
    return " ".join(text.split())
