"""Verbs on openings: give one, end one. Only the connection's own person does either."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from agents.approvals.actions import cancel_asks
from agents.approvals.models import Approval
from agents.connections.models import Connection
from agents.events import Event
from agents.openings.models import Opening
from agents.stops.holding import stops, while_stopping
from portal.audit.record import action, detail, on
from portal.notices.people import others
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import because
from portal.teams.models import Team

LONGEST = timedelta(days=90)


@action(Event.CONNECTION_OPENED)
def give(actor: Person, connection: Connection, *, reader: Person | Team, ends_at: datetime) -> Opening:
    """Let tasks of this person, or of people of this team, use ``actor``'s own connection. Raises ValidationError.

    A second time for the same reader changes the end.
    """
    now = timezone.now()
    if connection.person_id != actor.pk or connection.state != Connection.State.ACTIVE:
        raise ValidationError("Only the person who owns this connection can open it to others.")
    if reader == actor:
        raise ValidationError("Your own tasks can use it already.")
    if not now < ends_at <= now + LONGEST + timedelta(days=1):
        raise ValidationError({"until": f"Choose a day within the next {LONGEST.days} days."})
    to = {"team": reader} if isinstance(reader, Team) else {"person": reader}
    connection.openings.filter(ended_at__isnull=True, **to).update(ended_at=now)
    detail(reader=str(reader), until=ends_at.isoformat())
    made = Opening.objects.create(connection=connection, given_by=actor, ends_at=ends_at, **to)
    team = Person.objects.active().filter(groups=reader.group_id) if isinstance(reader, Team) else [reader]
    told = {"who": str(actor), "connection": str(connection), "until": ends_at.isoformat()}
    tell(others(team, actor), "connection.opened", made, reverse("connections:list"), **told)
    return made


@stops
@action(Event.CONNECTION_CLOSED)
def end(actor: Person | str, opening: Opening) -> Opening:
    """End it at once: it allows no further call, and asks that only it made possible are cancelled."""
    while_stopping()
    now = timezone.now()
    if not Opening.objects.filter(pk=opening.pk, ended_at__isnull=True).update(ended_at=now):
        raise ValidationError("This has already ended.")
    opening.ended_at, place = now, opening.connection
    settle(opening)
    on(place)
    detail(reader=str(opening.reader))
    asks = Approval.objects.filter(call__connection=place).of_anothers_connection()
    cancel_asks(asks, why=because("ask_place_anothers", name=str(place), whose=str(place.person)))
    return opening
