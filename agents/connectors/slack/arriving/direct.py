"""A direct message to the app: a code links the account, “unlink” ends that, anything else shows the person's asks."""

from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from agents.connectors import the_desk
from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.slack.answering import messages
from agents.connectors.slack.arriving import speaking, words
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.arriving.payloads import Message
from agents.connectors.slack.linking import actions
from agents.connectors.slack.linking.models import Link, LinkCode
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.web_api import api
from agents.storable import storable

AT_ONCE = 5  # asks that one message brings
HOURLY = 60  # asks shown to one person
END = {"unlink", "unlink me"}
Done = Callable[[], bool]


def said(arrival: Arrival, message: Message, app: str, done: Done) -> None:
    own = words.read(message.text, app).own
    link = Link.objects.of_account(arrival.connection_id, message.team, message.user)
    code = words.code_in(own)
    known_as = _name(arrival, message.user) if code and link is None else ""
    try:
        with transaction.atomic():
            if not done():
                return
            if code and link is None:
                _link(arrival, message, code, known_as)
            elif link is None:
                speaking.how_to_link(arrival, message)
            elif own.casefold().strip(" .!") in END:
                actions.unlink(link.person, link, why="asked")
                speaking.tell(arrival, message, "Unlinked. I do nothing more for you here.")
            else:
                _asks(arrival, message, link)
    except ValidationError as error:
        with transaction.atomic():
            if done():
                speaking.tell(arrival, message, speaking.words_of(error))


def _link(arrival: Arrival, message: Message, code: str, known_as: str) -> None:
    made = LinkCode.objects.good(arrival.connection_id, code).select_related("person").first()
    if made is None:
        raise ValidationError(actions.WRONG)
    person = made.person
    actions.link(
        person,
        arrival.connection,
        code=code,
        team=message.team,
        account=message.user,
        room=message.channel,
        known_as=known_as,
    )
    text = (
        f"Linked: here you are {person} of the portal. Mention me in a channel to queue a task, write to me to see "
        "what waits for you. If this is not you, write “unlink”."
    )
    speaking.tell(arrival, message, text)


def _asks(arrival: Arrival, message: Message, link: Link) -> None:
    desk = the_desk()
    waiting = desk.waiting(link.person)
    shown = AskMessage.objects.filter(link=link, made_at__gt=Now() - timedelta(hours=1)).count()
    now = waiting[: max(0, min(AT_ONCE, HOURLY - shown))]
    for ask in now:
        messages.show(link, ask, key=f"listed:{arrival.pk}:{ask.kind}:{ask.number}", wish=messages.Look.WHOLE)
    if not waiting:
        speaking.tell(arrival, message, "No agent waits for your answer.")
    elif len(now) < len(waiting):
        text = f"{len(waiting)} questions wait for your answer; {len(now)} of them come here."
        speaking.tell(arrival, message, text, link=desk.page_of_asks())


def _name(arrival: Arrival, account: str) -> str:
    """As the workspace calls the account: for the person's own eyes, and proof of nothing."""
    try:
        with api(arrival.connection.context()) as slack:
            user = slack.read("users.info", user=account).get("user")
    except Unavailable:
        raise
    except ConnectorError:
        return ""
    found = (user.get("real_name") or user.get("name")) if isinstance(user, dict) else ""
    name: str = storable(str(found or ""))
    return name[:200]
