"""What the offline model's job came to: for its person with a reason for each message, for others in numbers."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from agents.connectors.mail.answering import name, plain
from agents.connectors.mail.sorting import QUESTIONS, SPAM, SUSPICIOUS
from agents.connectors.offline import Conversation, Made, Stuck
from portal.words import plural

LONGEST = 3_600  # characters: the chat takes 4,000
MOST_FAILED = 20
# Told one by one first: what somebody may have to act on.
FIRST = (QUESTIONS, SUSPICIOUS, SPAM)


def tell(seen: Conversation) -> list[tuple[str, dict[str, Any]]]:
    """The result as a message to the person, once, and its numbers to whom else they named.

    When something was sorted, or when they asked to be told.
    """
    if not seen.telling or seen.calls(seen.telling) or not seen.person:
        return []
    if not (seen.calls("mail_label") or seen.wants_to_be_told):
        return []
    told = [(seen.telling, {"to": seen.person, "text": str(report(seen))})]
    if seen.others:
        told.append((seen.telling, {"to": seen.others, "text": "\n".join(_numbers(seen, own=False))}))
    return told


def report(seen: Conversation) -> str:
    """What was done and what was not, in words and numbers. Stuck where nothing was."""
    read, labels = seen.calls("mail_read"), seen.calls("mail_label")
    drafts, posts = seen.calls("mail_draft"), seen.calls(seen.telling)
    failed = [call for call in (*seen.calls("mail_list"), *read, *labels, *drafts, *posts) if not call.done]
    if not read and not failed:
        if not any(call.result.get("messages") for call in seen.calls("mail_list")):
            return "The inbox is empty: there was nothing to sort."
        return "There was nothing new to sort: every message has a label already."
    lines = list(_numbers(seen, own=True))
    if any(made.arguments["label"] == SUSPICIOUS for made in labels if made.done):
        lines.append("Suspicious messages try to give orders to their reader. I did not follow them.")
    lines += [f"Not done, {len(failed)} in all:"] if failed else []
    lines += [f"- {_tried(made)}: {made.why_not}" for made in failed[:MOST_FAILED]]
    lines += _reasons(seen, LONGEST - sum(len(line) + 1 for line in lines))
    text = "\n".join(lines)
    return text if any(made.done for made in (*read, *labels)) else Stuck(text)


def _numbers(seen: Conversation, *, own: bool) -> Iterator[str]:
    labels, drafts = seen.calls("mail_label"), seen.calls("mail_draft")
    piles = Counter(made.arguments["label"] for made in labels if made.done)
    shadow = any(made.recorded for made in (*labels, *drafts))
    yield f"I read {plural(sum(made.done for made in seen.calls('mail_read')), 'message')}."
    if piles:
        word = "I would have labelled" if shadow else "Labelled"
        yield f"{word}: {', '.join(f'{number} {label}' for label, number in piles.most_common())}."
    if written := sum(draft.done for draft in drafts):
        number, wait = plural(written, "draft"), "waits" if written == 1 else "wait"
        yield (
            f"I would have written {number}."
            if shadow
            else f"{number} {wait} in Drafts{' for you to finish' * own}."
        )


def _reasons(seen: Conversation, room: int) -> list[str]:
    """A line for each message: what it is, its label and why; as many as there is room for."""
    labels = [made for made in seen.calls("mail_label") if made.done and made.arguments.get("reason")]
    ordered = sorted(
        labels, key=lambda made: FIRST.index(label) if (label := made.arguments["label"]) in FIRST else 9
    )
    mails = {made.arguments["message"]: made.result for made in seen.calls("mail_read") if made.done}
    drafted = {made.arguments.get("in_reply_to") for made in seen.calls("mail_draft") if made.done}
    lines: list[str] = []
    for number, made in enumerate(ordered):
        line = _reason(made, mails.get(made.arguments["message"], {}), drafted)
        room -= len(line) + 1
        if room < 0:
            return ["Why:", *lines, f"Why for {len(ordered) - number} more: on the task's page."]
        lines.append(line)
    return ["Why:", *lines] if lines else []


def _reason(made: Made, mail: dict[str, Any], drafted: set[Any]) -> str:
    subject, label = plain(str(mail.get("subject") or "")), made.arguments["label"]
    sender = name(str(mail.get("from") or ""))
    named = f"“{subject}”" if subject else f"A message from {sender}" if sender else "A message"
    also = ""
    if made.arguments["message"] in drafted:
        also = " I would have drafted an answer." if made.recorded else " A draft waits."
    return f"- {named}: {label}. {plain(str(made.arguments['reason'])) or 'The reason is on the task’s page.'}{also}"


def _tried(made: Made) -> str:
    """The call in words: what it was about, which a person knows by its subject and not by its number."""
    told = made.arguments
    about = (
        f"page {told['page']}"
        if "page" in told
        else str(told.get("subject") or told.get("message") or told.get("to"))
    )
    return f"{made.tool.replace('_', '.', 1)} {about}"
