"""A mention of the app queues a task for the linked person: their own words the instruction, all else attached."""

from collections.abc import Callable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from agents.connectors import the_desk
from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.desk import Choice
from agents.connectors.slack import messages
from agents.connectors.slack.arriving import speaking, words
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.arriving.payloads import Message
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import TaskThread
from agents.connectors.slack.web_api import api, records
from agents.storable import storable

HOURLY = 20  # tasks of one person
LONGEST = 100_000  # characters given along
MOST = 200  # messages of a thread
NAMES = 10  # of agents in one line
Done = Callable[[], bool]


def mentioned(arrival: Arrival, message: Message, app: str, done: Done) -> None:
    link = Link.objects.of_account(arrival.connection_id, message.team, message.user)
    if link is None:
        with transaction.atomic():
            if done():
                speaking.how_to_link(arrival, message)
        return
    found = words.read(message.text, app)
    try:
        agent, own = chosen(link, found.own)
        if TaskThread.objects.filter(link=link, queued_at__gt=Now() - timedelta(hours=1)).count() >= HOURLY:
            raise ValidationError(
                f"You can queue {HOURLY} tasks an hour from here. In the portal you can queue more."
            )
        attached = _attached(arrival, message, found.others)
        with transaction.atomic():
            _queue(arrival, message, link, agent, own, attached, done)
    except ValidationError as error:
        with transaction.atomic():
            if done():
                speaking.tell(arrival, message, speaking.words_of(error))


def chosen(link: Link, own: str) -> tuple[Choice, str]:
    """The agent that the words name, else the person's usual one, else their only one. Raises ValidationError."""
    agents = the_desk().agents(link.person)
    named, rest = words.addressed(own, agents)
    if not agents:
        raise ValidationError(
            "No agent takes tasks of yours yet. Register one in the portal, or ask for a share."
        )
    if len(named) > 1:
        raise ValidationError(
            f"You have several agents called {named[0].name}. Choose one on your profile page."
        )
    usual = [agent for agent in agents if agent.number == link.agent_id] or (
        agents if len(agents) == 1 else []
    )
    if not (named or usual):
        names = ", ".join(agent.name for agent in agents[:NAMES])
        raise ValidationError(
            f"Begin with the name of an agent: {names}. Or choose your usual one on your profile page."
        )
    if not rest.strip():
        raise ValidationError(
            "Write what it is to do, in the message that mentions me. Quoted text is no order."
        )
    return (named or usual)[0], rest


def _queue(
    arrival: Arrival, message: Message, link: Link, agent: Choice, own: str, attached: str, done: Done
) -> None:
    place = {"link": link, "channel": message.channel, "ts": message.ts}
    if not done() or TaskThread.objects.filter(**place).exists():
        return  # Slack told of this message before
    queued = the_desk().queue(link.person, agent.number, words=own, attached=attached)
    TaskThread.objects.create(**place, thread=message.thread, task=queued.task)
    trial = " It is in a trial run and changes nothing." if queued.trial else ""
    text = f"Queued as task {queued.task} of {queued.agent}.{trial}"
    speaking.tell(arrival, message, text, link=queued.link, public=True)


def _attached(arrival: Arrival, message: Message, others: tuple[str, ...]) -> str:
    """What lies in the message and before it in its thread: text to work on, nobody's order."""
    parts = [*_thread(arrival, message), *others, *message.quoted]
    whole: str = storable("\n\n".join(part for part in parts if part.strip()))
    return whole[-LONGEST:]


def _thread(arrival: Arrival, message: Message) -> list[str]:
    """The messages before it, each with its author's number. Where the app may not read there: a line that says so."""
    if not message.in_thread:
        return []
    try:
        with api(arrival.connection.context()) as slack:
            page = slack.read("conversations.replies", channel=message.channel, ts=message.thread, limit=MOST)
    except Unavailable:
        raise
    except ConnectorError as error:
        return [f"(The thread could not be read: {error})"]
    before = [record for record in records(page, "messages") if str(record.get("ts", "")) < message.ts]
    return [
        f"{record.get('user') or 'An app'}: {messages.plain(messages.whole_text(record), {})}"
        for record in before
    ]
