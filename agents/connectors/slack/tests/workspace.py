"""A Slack workspace that emulate keeps: the app's bot, people who write there by Slack's own client, and channels."""

import json
from functools import cache
from itertools import count
from typing import Any

from slack_sdk import WebClient

from agents.connectors.base import ConnectionContext
from agents.connectors.slack.credentials import APP, BOT, SIGNING
from portal.outgoing.inside import networks
from tests.agents.playgrounds import SECRET
from tests.emulated import service

HERE = networks(["127.0.0.0/8", "::1"])
SCOPES = [
    *("channels:read", "channels:history", "channels:join", "channels:manage"),
    *("groups:read", "groups:history", "groups:write", "im:read", "im:history", "im:write"),
    *(
        "users:read",
        "users:read.email",
        "users.profile:write",
        "chat:write",
        "reactions:read",
        "reactions:write",
    ),
    *("files:read", "files:write"),
]
PORTAL, READER = "xoxb-portal-whole", "xoxb-portal-reads"
PEOPLE = {
    "portal": "portal@example.com",
    "mia": "mia.park@example.com",
    "lea": "lea.brandt@example.com",
    "olga": "olga.petrova@elsewhere.example",
}
GUESTS = {f"guest-{number}": f"guest-{number}@elsewhere.example" for number in range(30)}
TOKENS = {
    PORTAL: ("portal", SCOPES),
    READER: ("portal", ["channels:read", "channels:history"]),
    f"{SECRET}-{BOT}": ("portal", SCOPES),
    **{f"xoxp-{name}": (name, SCOPES) for name in (*PEOPLE, *GUESTS)},
}
SEED = {
    "slack": {
        "strict_scopes": True,
        "signing_secret": "signing-secret-of-the-workspace",
        "team": {"name": "Sample Co", "domain": "sample"},
        "users": [
            {"name": name, "real_name": name.title(), "email": email}
            for name, email in (PEOPLE | GUESTS).items()
        ],
        "channels": [{"name": "general", "topic": "All of us"}],
        "tokens": [
            {"token": token, "user": user, "scopes": scopes} for token, (user, scopes) in TOKENS.items()
        ],
    }
}
numbers = count(1)


def url() -> str:
    return f"{service('slack', json.dumps(SEED))}/api/"  # JSON is YAML, too


def connection(token: str = PORTAL, *, api: str = "", **settings: Any) -> ConnectionContext:
    secrets = {BOT: token, SIGNING: "signing-secret-of-the-workspace", APP: "xapp-of-the-workspace"}
    return ConnectionContext(
        1, "Slack", {"api": api or url(), "outside": False, **settings}, secrets=secrets, inside=HERE
    )


@cache
def person(name: str) -> WebClient:
    """Somebody in the workspace, by Slack's own client."""
    return WebClient(f"xoxp-{name}", base_url=url())


def user_id(name: str) -> str:
    return str(person(name).auth_test()["user_id"])


def channel(name: str = "", *, private: bool = False, invite: bool = True) -> tuple[str, str]:
    """(id, name) of a new one that Mia made, with the app in it."""
    name = name or f"play-{next(numbers)}"
    # Emulate takes no 1 for true, which Slack's client would write.
    asked = {"name": name, "is_private": "true" if private else "false"}
    made: dict[str, Any] = person("mia").api_call("conversations.create", data=asked)["channel"]
    if invite:
        everybody = ",".join(user_id(one) for one in ("portal", "lea", "olga"))
        person("mia").conversations_invite(channel=made["id"], users=everybody)
    return made["id"], name


def says(name: str, place: str, text: str, **more: Any) -> str:
    """Somebody writes; the message's ts."""
    return str(person(name).chat_postMessage(channel=place, text=text, **more)["ts"])


def messages(place: str) -> list[dict[str, Any]]:
    """All in a channel and its threads, the earliest first."""
    found = person("mia").conversations_history(channel=place, limit=1000, include_all_metadata=True)[
        "messages"
    ]
    whole = []
    for message in reversed(found):
        whole.append(message)
        if message.get("reply_count"):
            whole += person("mia").conversations_replies(channel=place, ts=message["ts"])["messages"][1:]
    return whole
