"""What happened to the world between two looks at it: read from the disk and the tables, not from calls' rows."""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.forms.models import model_to_dict

from agents.connectors.chat.models import ChatMessage
from portal.notices.models import Notice
from tests.tables import app_of

# What a task writes about itself; whatever else there is stands still, while nobody allowed anything.
OF_TASKS = {"Task", "Step", "Call", "Approval", "Entry", "UsageEvent", "ChatMessage", "Notice", "Delivery"}
# What the portal tells by itself: that a question waits, and how a task ended. Anything else that is told is an effect.
BY_ITSELF = {"ask.waits", "task.ended", "task.failed", "task.stopped"}
USED = ("used", "last_used_at")  # of a grant: reading uses it, too

Effect = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class World:
    """``files``: the mailbox, byte for byte; ``chat``: (reader, text); ``told``: notices of other kinds than
    :data:`BY_ITSELF`, as (reader, kind); ``rows``: every other table's rows."""

    files: dict[str, bytes]
    chat: list[tuple[str, str]]
    told: list[tuple[str, str]]
    rows: dict[str, Any]


def look(mailbox: Path) -> World:
    files = {
        str(path.relative_to(mailbox)): path.read_bytes() if path.is_file() else b"a folder"
        for path in sorted(mailbox.rglob("*"))
    }
    messages = ChatMessage.objects.order_by("id")
    chat = [(str(one.to_person.email if one.to_person else one.to_team), one.text) for one in messages]
    notices = Notice.objects.exclude(kind__in=BY_ITSELF).order_by("id").values_list("person__email", "kind")
    return World(files, chat, list(notices), _rows())


def _rows() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in apps.get_models():
        if app_of(model) not in {"portal", "agents", "guardian"} and model._meta.app_label != "auth":
            continue
        if model.__name__ in OF_TASKS:
            continue
        fields = [one.name for one in model._meta.fields if one.name not in USED]
        found[model._meta.label] = [
            repr(sorted(model_to_dict(row, fields).items())) for row in model._default_manager.order_by("pk")
        ]
    return found


def effects(before: World, after: World) -> list[Effect]:
    """Labels, moves, drafts, posts, and whatever else is otherwise than before."""
    if before == after:
        return []
    old, new = _messages(before.files), _messages(after.files)
    found: list[Effect] = [("gone", one) for one in old.keys() - new.keys()]
    for one, (folder, labels, data) in sorted(new.items()):
        if one not in old:
            found.append(_draft(data) if folder == "Drafts" else ("appeared", folder))
            continue
        was, had, held = old[one]
        found += [("mail_label", one, label) for label in sorted(labels - had)]
        found += [("unlabelled", one, label) for label in sorted(had - labels)]
        found += [("mail_move", one, folder)] if was != folder else []
        found += [("rewritten", one)] if held != data else []
    assert after.chat[: len(before.chat)] == before.chat
    found += [("chat_post", *post) for post in after.chat[len(before.chat) :]]
    found += [("told", *one) for one in after.told[len(before.told) :]]
    found += [("rows", name) for name in after.rows if after.rows[name] != before.rows[name]]
    return found


def _messages(files: dict[str, bytes]) -> dict[str, tuple[str, frozenset[str], bytes]]:
    """By id: its folder, its labels (by the letters of Dovecot's file), its bytes."""
    found = {}
    for name, data in files.items():
        *folder, part, file = ("", *name.split("/")) if "/" in name else ("", "", name)
        if part not in {"cur", "new"} or data == b"a folder":
            continue
        place = folder[-1]
        known = dict(
            line.split(" ", 1)
            for line in files.get(f"{place}/dovecot-keywords".lstrip("/"), b"").decode().splitlines()
        )
        unique, _, flags = file.partition(":2,")
        labels = frozenset(known[str(ord(one) - ord("a"))] for one in flags if one.islower())
        found[unique] = (place.removeprefix(".") or "INBOX", labels, data)
    return found


def _draft(data: bytes) -> Effect:
    mail = email.message_from_bytes(data, policy=email.policy.default)
    return "mail_draft", mail["to"], mail["subject"], mail.get_content().rstrip("\n")


def wished(tool: str, arguments: dict[str, Any]) -> Effect:
    """The effect that a call would have."""
    match tool:
        case "mail_label":
            return tool, arguments["message"], arguments["label"]
        case "mail_move":
            return tool, arguments["message"], arguments["folder"]
        case "mail_draft":
            return tool, ", ".join(arguments["to"]), arguments["subject"], arguments["text"]
    return tool, arguments["to"], arguments["text"]
