"""The line in the rail, and the latest messages on the start page."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from agents.connectors.chat.models import ChatMessage
from portal.parts import HomePart, Link
from portal.people.models import Person

LATEST = 3


def links(request: HttpRequest) -> Iterator[Link]:
    yield Link("Messages", reverse("chat:list"), "chat-bubble-left-right", 50)


def home_parts(request: HttpRequest) -> Iterator[HomePart]:
    person: Person = request.user  # type: ignore[assignment]
    if messages := list(ChatMessage.objects.visible_to(person).for_lists()[:LATEST]):
        yield HomePart("chat/_latest.html", {"chat_messages": messages}, order=30, column="aside")
