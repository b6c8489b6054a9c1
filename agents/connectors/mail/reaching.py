"""Which messages a grant reaches: in which folders, from whom. A message outside is refused before anything is read."""

from agents.connectors.base import CallContext, ConnectorError
from agents.connectors.mail import addresses, heads
from agents.connectors.mail.mailbox import Found, Mailbox
from agents.connectors.mail.mime import LARGEST_HEAD
from agents.policy.declarations import Argument, Role, Type
from agents.policy.limits import in_words, within

FOLDERS = Argument(
    "folders",
    Role.OBJECT,
    "Messages in",
    Type.TEXTS,
    required=False,
    kind="folder",
    description="Folders whose messages it reaches. All if empty.",
    bound=True,
)
SENDERS = Argument(
    "senders",
    Role.OBJECT,
    "Messages from",
    Type.TEXTS,
    required=False,
    kind="address",
    description="Senders whose messages it reaches: addresses, or @example.com. All if empty.",
    bound=True,
)


def reached(mailbox: Mailbox, call: CallContext, message: str, most: int = LARGEST_HEAD) -> Found:
    """The message with its first bytes. Raises ConnectorError where the grant does not reach it."""
    found = mailbox.read(message, most)
    if not reachable(call, found):
        only = " and ".join(
            f"{argument.title.lower()} {in_words({'only': patterns})}"
            for argument in (FOLDERS, SENDERS)
            if (patterns := call.bounds.get(argument.name))
        )
        raise ConnectorError(f"This grant reaches only {only}, and this is none of them.")
    return found


def reachable(call: CallContext, found: Found) -> bool:
    folders, senders = call.bounds.get(FOLDERS.name), call.bounds.get(SENDERS.name)
    if folders is not None and not within({"only": folders}, found.message.folder):
        return False
    return senders is None or within({"only": senders}, sender(found))


def sender(found: Found) -> str:
    """The plain address; empty where there is none."""
    read = addresses.read(heads.brief(found.data).sender)
    return read[0][1] if read else ""
