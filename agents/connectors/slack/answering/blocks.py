"""An ask as Slack's blocks. What others wrote is plain text there: no link, no mention, no emoji. Pure.

Slack takes 50 blocks and 3,000 characters in one; an ask that does not fit whole gets a link and no button.
"""

from collections.abc import Iterator
from typing import Any

from agents.connectors.desk import Ask, Part
from agents.connectors.slack.posting.marks import escaped

SHOW, OPEN, ANSWER = (
    "portal_show",
    "portal_open",
    "portal_",
)  # actions; the last one with an answer's code behind it
YES, NO = f"{ANSWER}yes", f"{ANSWER}no"
MOST_BLOCKS, LONGEST, MOST = 50, 3_000, 12_000
Block = dict[str, Any]


def summary(ask: Ask) -> str:
    """What a phone shows of it before it is opened: which agent wants to do what, not with which words."""
    if not ask.open:
        return escaped(f"{ask.about}. {ask.outcome[0]}.")
    return escaped(f"{ask.about}. {ask.waits}")


def teaser(ask: Ask) -> list[Block]:
    """No private words. They come to Slack only when the person presses the button."""
    if ask.second:
        text = (
            f"{ask.about}\n{ask.waits} You are the second person: answer on its page, after signing in anew."
        )
        return [_plain(text), {"type": "actions", "elements": [_page(ask)]}]
    text = f"{ask.about}\n{ask.waits} Its words show here when you press “Show it here”."
    return [_plain(text), {"type": "actions", "elements": [_button("Show it here", SHOW, ask), _page(ask)]}]


def whole(ask: Ask, closes: str) -> list[Block] | None:
    """Each part, and a button for each answer. None: it does not fit. ``closes``: a time."""
    parts = [block for part in ask.parts for block in _part(part)]
    blocks = [_plain(ask.about), _plain(" ".join(ask.question.split())), *parts]
    buttons = [_button(answer.label, f"{ANSWER}{answer.code}", ask) for answer in ask.answers]
    blocks.append(_context(f"Closes {closes}. {ask.unanswered}"))
    blocks.append({"type": "actions", "elements": [*buttons, _page(ask)]})
    lengths = [len(text) for block in blocks for text in _texts(block)]
    fits = len(blocks) <= MOST_BLOCKS and max(lengths) <= LONGEST and sum(lengths) <= MOST
    return blocks if fits and all(part.text.strip() for part in ask.parts) else None


def too_long(ask: Ask) -> list[Block]:
    text = f"{ask.about}\nIt is too long to be shown whole in Slack. You answer on its page."
    return [_plain(text), {"type": "actions", "elements": [_page(ask)]}]


def closed(ask: Ask) -> list[Block]:
    """What became of it, without its words and without buttons."""
    title, sentence = ask.outcome
    return [_plain(f"{ask.about}\n{title}. {sentence}"), {"type": "actions", "elements": [_page(ask)]}]


def gone() -> list[Block]:
    """For who may no longer see the ask."""
    return [_plain("This question is no longer yours to answer.")]


def _part(part: Part) -> Iterator[Block]:
    """The value in a frame of its own, so that no text can look like the next part."""
    title = {"type": "text", "text": part.title, "style": {"bold": True}}
    framed = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": part.text}]}
    yield {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [title]}, framed]}
    if notes := "\n".join(note for note in part.notes if note):
        yield _context(notes)


def _plain(text: str) -> Block:
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def _button(label: str, action: str, ask: Ask) -> Block:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": action, "value": str(ask.asked.number), "text": text}


def _page(ask: Ask) -> Block:
    text = {"type": "plain_text", "text": "Open its page", "emoji": False}
    return {"type": "button", "action_id": OPEN, "url": ask.link, "text": text}


def _texts(block: Block) -> Iterator[str]:
    if block["type"] == "section":
        yield block["text"]["text"]
    if block["type"] == "context":
        yield from (element["text"] for element in block["elements"])
    if block["type"] == "rich_text":
        yield from (text["text"] for element in block["elements"] for text in element["elements"])
