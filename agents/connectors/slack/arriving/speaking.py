"""What people are told who write to the app: short lines, and each not too often."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.arriving.payloads import Message, Press
from agents.connectors.slack.posting.replies import say
from portal.addresses import absolute

UNLINKED = (
    "I do not know yet who you are in the portal. Open your profile there, make a code for Slack, and send it to me "
    "in a direct message."
)


def tell(
    arrival: Arrival,
    found: Message | Press,
    text: str,
    *,
    key: str = "",
    link: str = "",
    public: bool = False,
) -> None:
    """For the eyes of its sender, or ``public``: for the thread."""
    thread = found.thread if isinstance(found, Message) and not found.direct else ""
    say(
        arrival.connection_id,
        found.channel,
        text,
        key=key or f"arrival:{arrival.pk}",
        thread=thread,
        account="" if public else found.user,
        link=link,
    )


def how_to_link(arrival: Arrival, found: Message | Press) -> None:
    """Once a day."""
    key = f"unlinked:{found.team}:{found.user}:{timezone.now().date()}"
    tell(arrival, found, UNLINKED, key=key, link=absolute(reverse("people:profile")))


def words_of(error: ValidationError) -> str:
    return " ".join(error.messages)
