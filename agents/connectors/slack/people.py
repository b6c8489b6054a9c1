"""People of a workspace: by e-mail address, and by the ids that stand in messages."""

from collections.abc import Iterable
from typing import Any

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.slack.names import email
from agents.connectors.slack.remembered import Remembered
from agents.connectors.slack.web_api import Api, Json, Refusal
from agents.storable import storable

LONGEST = 80
EVERYBODY = {"@here": "<!here>", "@channel": "<!channel>"}
MOST_ASKED = 30  # people of one answer whose names are asked for
_names = Remembered[tuple[str, str]](5_000, 600.0)


def look_up(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    address = email(call.arguments.get("person"))
    user = by_email(api, address)
    profile = _profile(user)
    data = {
        "email": address,
        "name": _name(user),
        "title": _short(profile.get("title")),
        "zone": _short(user.get("tz")),
        "guest": bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        "other_company": bool(user.get("is_stranger")),
        "closed": bool(user.get("deleted")),
    }
    return Result(data, "Looked up one person")


def by_email(api: Api, address: str) -> Json:
    """Raises ConnectorError where there is nobody, or another one than asked for."""
    user = api.read("users.lookupByEmail", email=address).get("user")
    known = str(_profile(user).get("email") or "") if isinstance(user, dict) else ""
    if not isinstance(user, dict) or (known and known.lower() != address.lower()):
        raise ConnectorError("Nobody in the workspace has this e-mail address.")
    return user


def reachable(api: Api, written: object) -> str:
    """The id of somebody who can be written to, by e-mail. Raises ConnectorError."""
    user = by_email(api, email(written))
    if user.get("deleted"):
        raise ConnectorError("This person's account in Slack is closed.")
    if user.get("is_bot"):
        raise ConnectorError("Apps cannot be written to.")
    return str(user.get("id") or "")


def mentioned(api: Api, written: object) -> str:
    """What stands in front of a text so that these are notified, and nobody else. Raises ConnectorError."""
    wanted = written if isinstance(written, list) else []
    if written and not isinstance(written, list):
        raise ConnectorError("Mentions are a list of e-mail addresses.")
    marks = [EVERYBODY.get(one) or f"<@{reachable(api, one)}>" for one in wanted if isinstance(one, str)]
    if len(marks) != len(wanted):
        raise ConnectorError("Mentions are a list of e-mail addresses.")
    return " ".join(dict.fromkeys(marks))


def named(api: Api, connection: ConnectionContext, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """(name, e-mail) by id; of those that cannot be found out the id stands for the name."""
    found: dict[str, tuple[str, str]] = {}
    asked = 0
    for number in dict.fromkeys(ids):
        if kept := _names.get(connection.id, number):
            found[number] = kept
            continue
        found[number] = (number, "")
        if asked < MOST_ASKED:
            asked += 1
            try:
                user = api.read("users.info", user=number).get("user")
            except Refusal as refusal:
                if refusal.lost:
                    raise
                user = None
            if isinstance(user, dict):
                found[number] = (_name(user) or number, _short(_profile(user).get("email")))
                _names.keep(connection.id, number, found[number])
    return found


def _profile(user: Json) -> Json:
    found: Any = user.get("profile")
    return found if isinstance(found, dict) else {}


def _name(user: Json) -> str:
    profile = _profile(user)
    return _short(
        profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    )


def _short(value: Any) -> str:
    return " ".join(storable(str(value or "")).split())[:LONGEST]
