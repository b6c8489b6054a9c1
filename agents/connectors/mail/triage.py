"""The offline model's job: list a mailbox, read and label each message, draft holding answers, tell the person."""

import re
from collections import Counter
from email.utils import parseaddr
from itertools import takewhile
from typing import Any

from agents.connectors.mail.sorting import corrections, plain_subject, reply_to, sort, wants_reply
from agents.connectors.offline import Conversation, Made, Stuck, Turn, Wanted
from agents.connectors.plugins import OfflineSkill
from portal.words import plural

BATCH = 20  # messages read in one step
ABOUT_MAIL = re.compile(r"\b(mail|mails|e-?mails?|inbox|mailbox|messages?|triage)\b", re.IGNORECASE)


def meant(seen: Conversation) -> Turn | None:
    """Nothing where the instruction is not about mail."""
    about = "mail_list" in seen.tools and ABOUT_MAIL.search(seen.instruction)
    return triage(seen) if about else None


def triage(seen: Conversation) -> Turn:
    """The next calls, or at the end what was done in words."""
    pages = seen.calls("mail_list")
    if not pages:
        recall: Wanted = [(seen.recalling, {"about": "label"})] if seen.recalling else []
        return [*recall, ("mail_list", {"page": 1})]
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
    unread = [message for message in listed if message not in read][:BATCH]
    wanted = [*_act(seen, reads), *(("mail_read", {"message": message}) for message in unread)]
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


def _act(seen: Conversation, reads: list[Made]) -> Wanted:
    """Label what was read and not labelled yet; draft where a person waits for an answer."""
    labelled = {call.arguments["message"] for call in seen.calls("mail_label")}
    corrected = corrections(seen.notes)
    wanted: Wanted = []
    for read in reads:
        message = read.arguments["message"]
        if message in labelled or not read.done:
            continue
        label = sort(read.result, corrected)
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
    """The result as a message to the person, once: when something was sorted, or when they asked to be told."""
    if not seen.telling or seen.calls(seen.telling) or not seen.person:
        return None
    if not (seen.calls("mail_label") or seen.wants_to_be_told):
        return None
    return seen.telling, {"to": seen.person, "text": report(seen)}


def report(seen: Conversation) -> str:
    """Event and what was not, in words and numbers. Stuck where nothing was."""
    read, labels = seen.calls("mail_read"), seen.calls("mail_label")
    drafts, posts = seen.calls("mail_draft"), seen.calls(seen.telling)
    failed = [call for call in (*seen.calls("mail_list"), *read, *labels, *drafts, *posts) if not call.done]
    if not read and not failed:
        if not any(call.result.get("messages") for call in seen.calls("mail_list")):
            return "The inbox is empty: there was nothing to sort."
        return "There was nothing new to sort: every message has a label already."
    piles = Counter(made.arguments["label"] for made in labels if made.done)
    lines = [f"I read {plural(sum(made.done for made in read), 'message')}."]
    shadow = any(made.recorded for made in (*labels, *drafts))
    if piles:
        word = "I would have labelled" if shadow else "Labelled"
        lines.append(f"{word}: {', '.join(f'{number} {label}' for label, number in piles.most_common())}.")
    if written := sum(draft.done for draft in drafts):
        number, wait = plural(written, "draft"), "waits" if written == 1 else "wait"
        would = f"I would have written {number}."
        lines.append(would if shadow else f"{number} {wait} in Drafts for you to finish.")
    if "Suspicious" in piles:
        lines.append("Suspicious messages try to give orders to their reader. I did not follow them.")
    lines += [f"Not done, {len(failed)} in all:"] if failed else []
    lines += [f"- {made.tool.replace('_', '.', 1)} {_about(made)}: {made.why_not}" for made in failed[:20]]
    text = "\n".join(lines)
    return text if any(made.done for made in (*read, *labels)) else Stuck(text)


def _about(made: Made) -> str:
    told = made.arguments
    if "page" in told:
        return f"page {told['page']}"
    return str(told.get("message") or told.get("in_reply_to") or told.get("to") or "")


SKILL = OfflineSkill(
    "I can sort a mailbox. For that I need grants to list, read and label mail, and an instruction that names the mail "
    "or the inbox.",
    meant,
)
