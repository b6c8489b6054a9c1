"""``mail.send`` and ``mail.reply``: mail that leaves once, or of which it is said that nobody knows.

Its Message-ID holds the call's key and a digest of what was to be sent, so that a copy among the sent ones says both.
"""

import hashlib
import json
import logging
from datetime import UTC, datetime

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import addresses, drafts, heads
from agents.connectors.mail.heads import Head
from agents.connectors.mail.mailbox import Mailbox
from agents.connectors.mail.reaching import reached
from agents.connectors.mail.servers import smtp

COUNTED = {"mail.send": {"sent": 1}, "mail.reply": {"sent": 1}}
log = logging.getLogger(__name__)


def send_mail(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    return _sent(mailbox, connection, call, str(call.arguments["subject"]), None)


def reply_mail(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    """Only to those who take part in the conversation: so a grant to reply is none to write to anybody."""
    original = heads.head(reached(mailbox, call, call.arguments["message"]).data)
    partners = _partners(original)
    for recipient in call.arguments["to"]:
        if recipient.strip().lower() not in partners:
            raise ConnectorError(
                f"{drafts.address(recipient).addr_spec} takes no part in that conversation, so this is no reply."
            )
    subject = original.subject or "your message"
    if not subject.lower().startswith(("re:", "aw:", "sv:")):
        subject = f"Re: {subject}"
    return _sent(mailbox, connection, call, subject, original)


def _partners(head: Head) -> set[str]:
    written = (head.sender, head.reply_to, *head.to, *head.cc)
    return {address.lower() for text in written for _, address in addresses.read(text) if "@" in address}


def _sent(
    mailbox: Mailbox, connection: ConnectionContext, call: CallContext, subject: str, original: Head | None
) -> Result:
    wanted = _what(call)
    before = mailbox.sent_for(call.key)
    if before is not None:
        if before != wanted:
            raise ConnectorError("Another mail was sent for this call before. Nothing was sent now.")
        return _done(call)
    sender, to = str(connection.settings.get("address", "")), call.arguments["to"]
    now = datetime.now(UTC).replace(microsecond=0)
    data = drafts.compose(call.key, sender, to, subject, call.arguments["text"], original, now, leaves=wanted)
    smtp.deliver(connection, sender, [drafts.address(recipient).addr_spec for recipient in to], data)
    if not mailbox.keeps_sent():
        try:
            if mailbox.sent_for(call.key) is None:  # many servers keep what they send by themselves
                mailbox.put_away(data)
        except Exception:  # it left all the same
            log.warning("A mail left, and its copy could not be put among the sent ones", exc_info=True)
    return _done(call)


def was_sent(mailbox: Mailbox, call: CallContext) -> Result | None:
    """Its copy proves that it left. Without one nobody can tell: it may have left just before the copy was made."""
    if mailbox.sent_for(call.key) == _what(call):
        return _done(call)
    raise ConnectorError(
        "It is not among the sent mail, but it may have left all the same. Ask those to whom it was to go."
    )


def _what(call: CallContext) -> str:
    told = json.dumps({name: call.arguments[name] for name in sorted(call.arguments)})
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _done(call: CallContext) -> Result:
    return Result({"to": call.arguments["to"], "sent": True}, "Sent one mail", COUNTED[call.capability])
