"""A pressed button: counts on a message of the portal's own, for the person it was shown to, for what it showed."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction

from agents.connectors import the_desk
from agents.connectors.base import Unavailable
from agents.connectors.slack.answering import messages
from agents.connectors.slack.answering.blocks import ANSWER, OPEN, SHOW
from agents.connectors.slack.arriving import speaking
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.arriving.payloads import Press
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage

Done = Callable[[], bool]
WAY = "slack"  # the connector's kind
ANOTHERS = "This question is somebody else's to answer, or your account is not linked any more."


def pressed(arrival: Arrival, press: Press, done: Done) -> None:
    if not press.action.startswith(ANSWER) or press.action == OPEN:
        done()
        return
    row = AskMessage.objects.filter(
        connection=arrival.connection_id, channel=press.channel, ts=press.ts
    ).first()
    if row is None and _on_its_way(arrival, press):
        raise Unavailable("The message was posted this moment.")
    link = Link.objects.of_account(arrival.connection_id, press.team, press.user)
    mine = row is not None and link is not None and row.link_id == link.pk and press.value == str(row.ask)
    if row is None or link is None or not mine:
        with transaction.atomic():
            if done():
                speaking.tell(arrival, press, ANOTHERS)
        return
    problem = ""
    # An answer counts for what was shown whole; so far nothing was.
    if press.action != SHOW and row.digest:
        try:
            answer = press.action.removeprefix(ANSWER)
            the_desk().answer(link.person, row.question, answer=answer, digest=row.digest, way=WAY)
        except ValidationError as error:
            problem = speaking.words_of(error)
    with transaction.atomic():
        if not done():
            return
        changes = {} if row.digest and press.action != SHOW else {"wish": messages.Look.WHOLE}
        messages.refresh(row, **changes)
        if problem:
            speaking.tell(arrival, press, problem)


def _on_its_way(arrival: Arrival, press: Press) -> bool:
    """Was it posted, and its number is not stored yet?"""
    waits = AskMessage.objects.filter(connection=arrival.connection_id, channel=press.channel, ts="")
    return (
        arrival.tries <= 3 and waits.filter(ask=int(press.value) if press.value.isdecimal() else -1).exists()
    )
