"""Who leaves is nobody in Slack any more."""

from collections.abc import Iterator, Mapping
from typing import Any

from agents.connectors.slack.linking.actions import unlink
from agents.connectors.slack.linking.models import Link, LinkCode
from portal.people.models import Person


def consequences(person: Person) -> Iterator[str]:
    if Link.objects.filter(person=person, ended_at__isnull=True).exists():
        yield "Their Slack account is unlinked."


def person_left(actor: Person | str, person: Person, chosen: Mapping[str, Any]) -> None:
    LinkCode.objects.filter(person=person).delete()
    for row in Link.objects.filter(person=person, ended_at__isnull=True):
        unlink(actor, row, why="left")
