"""Names and ids as Slack writes them; what is none is refused before anything is sent. Pure."""

import re

from agents.connectors.base import ConnectorError

LONGEST = 80  # characters of a channel's name in Slack
_CHANNEL = re.compile(r"[^\W_][\w.-]{0,79}|_[\w.-]{0,79}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,20}")
_MESSAGE = re.compile(r"([CDG][A-Z0-9]{8,20})-([0-9]{1,12}\.[0-9]{1,9})")
_EMOJI = re.compile(r"[a-z0-9_+'-]{1,100}(?:::skin-tone-[2-6])?")
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"/]{1,190}")
_FILE = re.compile(r"[^\W_][\w ().,+-]{0,99}")


def channel_name(written: object) -> str:
    """Without the # in front, in small letters as Slack keeps it; an id as it is. Raises ConnectorError."""
    name = written.strip().removeprefix("#") if isinstance(written, str) else ""
    if _CHANNEL_ID.fullmatch(name):
        return name
    if not _CHANNEL.fullmatch(name):
        raise ConnectorError("This is not the name of a channel. List the channels to see their names.")
    return name.lower()


def is_id(name: str) -> bool:
    return _CHANNEL_ID.fullmatch(name) is not None


def message_id(place: str, ts: str) -> str:
    """One id for a message anywhere in the workspace: two channels may have messages of the same moment."""
    return f"{place}-{ts}"


def parts_of(written: object) -> tuple[str, str]:
    """(channel's id, ts). Raises ConnectorError."""
    found = _MESSAGE.fullmatch(written) if isinstance(written, str) else None
    if found is None or not found[0].isascii():
        raise ConnectorError("This is not the id of a message. Read the channel to see the ids.")
    return found[1], found[2]


def emoji_name(written: object) -> str:
    name = written.strip(":") if isinstance(written, str) else ""
    if not _EMOJI.fullmatch(name):
        raise ConnectorError("This is not the name of an emoji. Write it like eyes or thumbsup.")
    return name


def email(written: object) -> str:
    address = written.strip() if isinstance(written, str) else ""
    if not _EMAIL.fullmatch(address):
        raise ConnectorError("This is not an e-mail address.")
    return address


def file_name(written: object) -> str:
    name = written if isinstance(written, str) else ""
    if not _FILE.fullmatch(name) or name.endswith((".", " ")):
        raise ConnectorError("This is not a name for a file. Write it like report.csv.")
    return name
