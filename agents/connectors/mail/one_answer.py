"""Label, reason and draft of several messages in one structured answer of a language model."""

from collections.abc import Mapping
from typing import Any

from agents.connectors.mail import answering, sorting
from agents.connectors.mail.capabilities import LONGEST_REASON
from agents.connectors.mail.language import language
from agents.connectors.offline import Conversation, Wanted
from agents.connectors.plugins import Together

MOST = 20  # messages of one answer: with a draft each fewer calls than an answer may have
ITEM = {
    "message": {"type": "string", "description": "the message's id, after you read it"},
    "label": {"type": "string", "description": "one word: letters, digits, - and _"},
    "reason": {
        "type": "string",
        "description": "why this label, in one line, for the person whose mailbox it is",
    },
    "draft": {
        "type": ["string", "null"],
        "description": "the text of an answer, in the message's language, where a person waits for one; else null",
    },
}
SCHEMA = {
    "type": "object",
    "properties": {
        "messages": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "properties": ITEM,
                "required": list(ITEM),
                "additionalProperties": False,
            },
        }
    },
    "required": ["messages"],
    "additionalProperties": False,
}


def calls(arguments: Mapping[str, Any], tools: Mapping[str, str], seen: Conversation) -> Wanted:
    """The calls that one answer stands for. Raises ValueError where it is none.

    To whom a draft goes, and about what, comes from the message: no model writes that.
    """
    mails = {
        made.arguments.get("message"): made.result for made in seen.calls(tools["mail.read"]) if made.done
    }
    wanted: Wanted = []
    for item in _items(arguments):
        message, reason, draft = item["message"], item["reason"][:LONGEST_REASON], item["draft"]
        mail = mails.get(message, {})
        against = sorting.unanswerable(mail) if draft else ""
        if against:
            reason = f"{reason} No draft: {against}"[:LONGEST_REASON]
        wanted.append((tools["mail.label"], {"message": message, "label": item["label"], "reason": reason}))
        if draft and not against and "mail.draft" in tools:
            wanted.append((tools["mail.draft"], _draft(message, mail, draft, reason)))
    return wanted


def _draft(message: str, mail: Mapping[str, Any], text: str, reason: str) -> dict[str, Any]:
    tongue = language(f"{mail.get('subject') or ''}\n{mail.get('text') or ''}")
    return {
        "in_reply_to": message,
        "to": [answering.recipient(mail)],
        "subject": answering.subject(mail, tongue),
        "text": text,
        "reason": reason,
    }


def _items(arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = arguments.get("messages")
    if set(arguments) != {"messages"} or not isinstance(items, list) or not 0 < len(items) <= MOST:
        raise ValueError("no list of messages")
    for item in items:
        if not isinstance(item, dict) or set(item) - {"draft"} != set(ITEM) - {"draft"}:
            raise ValueError("not what is asked of each message")
        item.setdefault("draft", None)
        texts = [value for name, value in item.items() if name != "draft" or value is not None]
        if not all(isinstance(value, str) for value in texts):
            raise ValueError("not the types that are asked for")
    return items


TOGETHER = Together(
    name="mail_triage",
    says=(
        "Label messages that you have read, say why, and draft answers, all in one answer: for each message its label, "
        f"the reason, and the draft or null. At most {MOST} messages at a time. Read them first. Answers go to whom "
        "each message is from, as drafts that a person sends."
    ),
    schema=SCHEMA,
    needs=frozenset({"mail.read", "mail.label"}),
    also=frozenset({"mail.draft"}),
    calls=calls,
)
