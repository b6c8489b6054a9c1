"""The offline model's job: list a mailbox, read and label each message, draft holding answers, tell the person."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from agents.connectors.mail import answering, reporting
from agents.connectors.mail.sorting import OTHER, SPAM, Sorted, corrections, sort
from agents.connectors.offline import Conversation, Made, Stuck, Turn, Wanted
from agents.connectors.plugins import OfflineSkill

BATCH = 20  # messages read in one step
MOST = 50  # calls of one step: an answer with more is cut off
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
    acts = _act(seen, reads)[:MOST]
    unread = [message for message in listed if message not in read][: min(BATCH, MOST - len(acts))]
    wanted = [*acts, *(("mail_read", {"message": message}) for message in unread)]
    return wanted or reporting.tell(seen) or reporting.report(seen)


def _unreadable(seen: Conversation) -> str:
    """Why the last reads all failed, if it was for one reason: the next would too. A broken mail has its own."""

    last = list(takewhile(lambda made: made.tool == "mail_read", reversed(seen.made)))
    reasons = {call.why_not for call in last}
    if len(reasons) != 1 or any(made.done for made in last) or (len(last) == 1 and not last[0].denied):
        return ""
    return reasons.pop()


def _act(seen: Conversation, reads: list[Made]) -> Wanted:
    """Label what was read and not labelled yet; draft where a person waits for an answer."""
    if "mail_label" not in seen.tools:
        return []
    labelled = Counter(call.arguments["message"] for call in seen.calls("mail_label"))
    corrected = corrections(seen.notes)
    wanted: Wanted = []
    for read in reads:
        message = read.arguments["message"]
        if read.done and not labelled[message]:
            wanted += _handle(
                message, read.result, sort(read.result, corrected), drafts="mail_draft" in seen.tools
            )
    return [*wanted, *_relabel(seen, labelled)]


def _handle(message: str, mail: dict[str, Any], sorted_: Sorted, *, drafts: bool) -> Wanted:
    wanted: Wanted = [("mail_label", {"message": message, "label": sorted_.label, "reason": sorted_.reason})]
    if drafts and sorted_.waits:
        draft = answering.draft(message, mail, sorted_.waits)
        wanted.append(("mail_draft", {**draft, "reason": sorted_.waiting}))
    return wanted


def _relabel(seen: Conversation, labelled: Counter[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Spam gets the label Other where a grant of before knows no label for it."""
    for call in seen.calls("mail_label"):
        message, why = call.arguments["message"], str(call.arguments.get("reason") or "")
        if call.denied and call.arguments["label"] == SPAM and labelled[message] == 1:
            yield "mail_label", {"message": message, "label": OTHER, "reason": why}


SKILL = OfflineSkill(
    "I can sort a mailbox. For that I need grants to list, read and label mail, and an instruction that names the mail "
    "or the inbox.",
    meant,
)
