"""Asks as messages: what each is to look like now, posted or changed until it does. No button stays on a closed one."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Now

from agents.connectors import the_desk
from agents.connectors.desk import Ask, Question
from agents.connectors.slack.answering import blocks
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.identity import workspace
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.posting.sending import VANISHED, claimed, found, post, trouble
from agents.connectors.slack.web_api import Api, Refusal, api
from portal.later import later
from portal.words import exact

Look = AskMessage.Look
OPEN = (Look.TEASER, Look.WHOLE)
MOST = 1_000  # looked at together


def show(link: Link, asked: Question, *, key: str, wish: str = Look.TEASER) -> AskMessage:
    """One message for this question, in the direct messages of its reader. The same ``key`` is one message."""
    row, made = AskMessage.objects.get_or_create(
        connection_id=link.connection_id,
        key=key,
        defaults={"link": link, "kind": asked.kind, "ask": asked.number, "channel": link.room, "wish": wish},
    )
    if made:
        later("slack.ask", row.pk)
    return row


def refresh(row: AskMessage, **changes: str) -> None:
    """Its look is looked at anew, soon."""
    AskMessage.objects.filter(pk=row.pk).update(due_at=Now(), tries=0, **changes)
    later("slack.ask", row.pk)


def outdated() -> list[int]:
    """Messages with a question that takes no answer any more."""
    rows = AskMessage.objects.filter(look__in=OPEN, due_at__isnull=True).order_by("pk")
    asked = {row.pk: row.question for row in rows.only("kind", "ask").iterator(MOST)}
    questions, closed = list(set(asked.values())), set()
    for at in range(0, len(questions), MOST):
        closed |= set(the_desk().closed(questions[at : at + MOST]))
    return [pk for pk, question in asked.items() if question in closed]


def deliver(pk: int) -> None:
    """A worker's: the message becomes what it is to be now."""
    row = claimed(AskMessage, pk)
    if row is None:
        return
    with trouble(row):
        become(row)


def become(row: AskMessage) -> None:
    """Raises what Slack's client raises. A claimed row, or one that nobody else can have yet."""
    link = Link.objects.select_related("person").get(pk=row.link_id)
    current = Link.objects.current().filter(pk=link.pk).exists()
    ask = the_desk().ask(link.person, row.question) if current else None
    look, shown, text = _wanted(row, ask, link)
    same = ask is not None and look == row.look == Look.WHOLE and ask.digest == row.digest
    if same or (look == Look.CLOSED and not row.ts and row.tries <= 1):
        _settled(row, look)  # as it is to be; or nobody has seen it, so nobody needs to hear that it is over
        return
    if look == Look.WHOLE and ask is not None:
        AskMessage.objects.filter(pk=row.pk).update(digest=ask.digest)  # before a button can be pressed
    context = row.connection.context()
    app = workspace(context).app
    with api(context) as slack:
        if not row.ts and row.tries > 1:
            row.ts = found(slack, row.key, app=app, channel=row.channel)
        if row.ts:
            look = _changed(slack, row, look, text=text, blocks=shown)
        elif look != Look.CLOSED:
            row.ts = post(slack, row.key, channel=row.channel, text=text, blocks=shown)
    AskMessage.objects.filter(pk=row.pk).update(ts=row.ts)
    _settled(row, look)


def _changed(slack: Api, row: AskMessage, look: str, **content: Any) -> str:
    try:
        slack.change("chat.update", channel=row.channel, ts=row.ts, **content)
    except Refusal as error:
        if error.code not in VANISHED:
            raise
        return Look.CLOSED  # somebody deleted it
    return look


def _settled(row: AskMessage, look: str) -> None:
    """Unless something else was wished for meanwhile: then it stays due."""
    AskMessage.objects.filter(pk=row.pk).update(look=look)
    AskMessage.objects.filter(pk=row.pk, wish=row.wish).update(due_at=None, tries=0)


def _wanted(row: AskMessage, ask: Ask | None, link: Link) -> tuple[str, list[blocks.Block], str]:
    if ask is None:
        return Look.CLOSED, blocks.gone(), "This question is no longer yours to answer."
    text = blocks.summary(ask)
    if not ask.open or not ask.mine:
        return Look.CLOSED, blocks.closed(ask) if not ask.open else blocks.gone(), text
    if ask.second or row.wish != Look.WHOLE:
        return Look.TEASER, blocks.teaser(ask), text
    whole = blocks.whole(ask, exact(ask.closes_at, ZoneInfo(link.person.time_zone)))
    return (Look.WHOLE, whole, text) if whole else (Look.TEASER, blocks.too_long(ask), text)
