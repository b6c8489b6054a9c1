"""A mail as it may be shown to a person or a model: from any bytes at all, without ever raising."""

from dataclasses import dataclass, field

from agents.connectors.mail import decoding, mime, orders
from agents.connectors.mail.body import Attachment, Body
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.heads import Head, head_of
from agents.connectors.mail.seen.links import Link

LARGEST = 8 * 1024 * 1024  # bytes of a message that are read: pictures may stand in a page before its text
LONGEST_TEXT = 6_000  # characters
MOST_ATTACHMENTS = 50
MOST_BESIDE = 25  # links, and pictures


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, read. ``problems`` says in words what was broken in it and what was left out.

    ``links`` are those whose targets its text does not show; ``pictures`` what they are said to show.
    ``hidden_orders``: what its reader does not see gives orders to the program that reads it.
    """

    head: Head
    text: str
    shortened: bool
    attachments: tuple[Attachment, ...]
    problems: tuple[str, ...] = field(default=())
    links: tuple[Link, ...] = ()
    pictures: tuple[str, ...] = ()
    hidden_orders: bool = False


def parse(data: bytes, size: int | None = None) -> Letter:
    """The whole mail. ``size``: how many bytes it has, where ``data`` is only its beginning."""
    problems = Problems()
    size = len(data) if size is None else size
    if size > LARGEST:
        problems.add(f"Only the first {LARGEST >> 20} MB of {size / (1 << 20):.1f} MB were read.")
    root = mime.tree(data[:LARGEST], problems, cut=size > LARGEST)
    read = head_of(root, problems)
    if not read.sender:
        problems.add("It does not say who sent it.")
    for name in ("From", "Subject"):
        if sum(key == name.lower() for key, _ in root.headers) > 1:
            problems.add(f"It has more than one {name} header; the first was read.")
    if read.date is None:
        problems.add("Its date cannot be read." if root.get("date") else "It has no date.")
    body = Body(problems)
    text = body.text(root)
    attachments = body.attachments
    if len(attachments) > MOST_ATTACHMENTS:
        problems.add(f"It has {len(attachments)} attachments; the first {MOST_ATTACHMENTS} are listed.")
    if body.hidden:
        problems.add(body.told_hidden())
    hidden_orders = bool(orders.order(*body.unseen))
    if hidden_orders:
        problems.add("What its reader would not see gives orders to the program that reads it.")
    shown = decoding.beginning(text, LONGEST_TEXT)
    return Letter(
        read,
        shown,
        len(text) > LONGEST_TEXT,
        tuple(attachments[:MOST_ATTACHMENTS]),
        tuple(problems),
        tuple(link for link in body.links if link.elsewhere or link.to not in shown)[:MOST_BESIDE],
        tuple(body.pictures[:MOST_BESIDE]),
        hidden_orders,
    )
