"""Sorting a mailbox: list it, read in batches, label each, draft holding answers to questions, tell the person."""

from collections import Counter
from email.utils import parseaddr
from itertools import takewhile
from typing import Any

from agents.runtime.offline.conversation import Conversation, Made
from agents.runtime.offline.sorting import plain_subject, reply_to, sort, wants_reply

BATCH = 20  # messages read in one step
Wanted = list[tuple[str, dict[str, Any]]]


class Stuck(str):
    """Said instead of a report where the job cannot be done."""

    __slots__ = ()


def triage(seen: Conversation) -> Wanted | str:
    """The next calls, or at the end what was done in words."""
    pages = seen.calls("mail_list")
    if not pages:
        return [("mail_list", {"page": 1})]
    if not pages[0].done:
        return Stuck(f"I could not list the mailbox: {pages[0].why_not}")
    rest = range(len(pages) + 1, int(pages[0].result.get("pages") or 1) + 1)
    if rest:
        return [("mail_list", {"page": number}) for number in rest]
    reads = seen.calls("mail_read")
    if why := _unreadable(seen):
        return Stuck(f"I could not read the messages: {why}")
    read = {call.arguments["message"] for call in reads}
    # Labelled before: sorted by an earlier task.
    listed = [m["id"] for page in pages for m in page.result.get("messages", []) if not m.get("labels")]
    wanted = [*_act(seen, reads), *_read([message for message in listed if message not in read][:BATCH])]
    if wanted:
        return wanted
    if (digest := _digest(seen)) is not None:
        return [digest]
    return report(seen)


def _unreadable(seen: Conversation) -> str:
    """Why the last reads all failed, if it was for one reason: the next would too. A broken mail has its own."""

    last = list(takewhile(lambda made: made.tool == "mail_read", reversed(seen.made)))
    reasons = {call.why_not for call in last}
    if len(reasons) != 1 or any(made.done for made in last) or (len(last) == 1 and not last[0].denied):
        return ""
    return reasons.pop()


def _read(ids: list[str]) -> Wanted:
    return [("mail_read", {"message": id_}) for id_ in ids]


def _act(seen: Conversation, reads: list[Made]) -> Wanted:
    """Label what was read and not labelled yet; draft where a person waits for an answer."""
    labelled = {call.arguments["message"] for call in seen.calls("mail_label")}
    wanted: Wanted = []
    for read in reads:
        message = read.arguments["message"]
        if message in labelled or not read.done:
            continue
        label = sort(read.result)
        if "mail_label" in seen.tools:
            wanted.append(("mail_label", {"message": message, "label": label}))
        if "mail_draft" in seen.tools and "mail_label" in seen.tools and wants_reply(read.result, label):
            wanted.append(("mail_draft", _draft(message, read.result)))
    return wanted


def _draft(message: str, mail: dict[str, Any]) -> dict[str, Any]:
    subject = plain_subject(mail) or "your message"
    return {
        "in_reply_to": message,
        "to": [parseaddr(str(mail.get("reply_to") or mail.get("from")))[1]],
        "subject": subject if subject.lower().startswith("re:") else f"Re: {subject}",
        "text": reply_to(mail),
    }


def _digest(seen: Conversation) -> tuple[str, dict[str, Any]] | None:
    """The result as a chat message to the person, once: when something was sorted, or when they asked to be told."""
    told = "chat_post" not in seen.tools or seen.calls("chat_post") or not seen.person
    if told or not (seen.calls("mail_label") or seen.wants_to_be_told):
        return None
    return "chat_post", {"to": seen.person, "text": report(seen)}


def report(seen: Conversation) -> str:
    """Event and what was not, in words and numbers. Stuck where nothing was."""
    read, labels = seen.calls("mail_read"), seen.calls("mail_label")
    drafts, posts = seen.calls("mail_draft"), seen.calls("chat_post")
    failed = [made for made in (*seen.calls("mail_list"), *read, *labels, *drafts, *posts) if not made.done]
    if not read and not failed:
        if not any(call.result.get("messages") for call in seen.calls("mail_list")):
            return "The inbox is empty: there was nothing to sort."
        return "There was nothing new to sort: every message has a label already."
    piles = Counter(made.arguments["label"] for made in labels if made.done)
    lines = [f"I read {_messages(sum(made.done for made in read))}."]
    shadow = any(made.recorded for made in (*labels, *drafts))
    if piles:
        word = "I would have labelled" if shadow else "Labelled"
        lines.append(f"{word}: {', '.join(f'{number} {label}' for label, number in piles.most_common())}.")
    if written := sum(draft.done for draft in drafts):
        word = "draft" if written == 1 else "drafts"
        waits = "waits" if written == 1 else "wait"
        lines.append(
            f"I would have written {written} {word}."
            if shadow
            else f"{written} {word} {waits} in Drafts for you to finish."
        )
    if "Suspicious" in piles:
        lines.append("Suspicious ones try to give orders to whoever reads them. I did nothing they said.")
    lines += [f"Not done, {len(failed)} in all:"] if failed else []
    lines += [f"- {made.tool.replace('_', '.', 1)} {_about(made)}: {made.why_not}" for made in failed[:20]]
    text = "\n".join(lines)
    return text if any(made.done for made in (*read, *labels)) else Stuck(text)


def _about(made: Made) -> str:
    told = made.arguments
    if "page" in told:
        return f"page {told['page']}"
    return str(told.get("message") or told.get("in_reply_to") or told.get("to") or "")


def _messages(number: int) -> str:
    return f"{number} message" if number == 1 else f"{number} messages"
