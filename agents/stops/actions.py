"""What can be done to stops: set one, lift one. The gate reads the standing ones before every call."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import catalogue
from agents.events import Event
from agents.stops.models import Stop
from portal.audit.record import action, detail, on
from portal.people.models import Person


@action(Event.STOP_SET)
def set_stop(
    actor: Person,
    *,
    scope: Stop.Scope,
    connection: Connection | None = None,
    capability: str = "",
    why: str,
) -> Stop:
    """From now on every call in this scope is refused. Raises ValidationError: it is stopped already."""
    if scope == Stop.Scope.CAPABILITY and capability not in catalogue():
        raise ValidationError({"capability": f"No connector offers “{capability}”."})
    stop = Stop(scope=scope, connection=connection, capability=capability, why=why.strip(), set_by=actor)
    try:
        with transaction.atomic():
            stop.clean_fields(exclude=["connection", "lifted_by", "lifted_at"])
            stop.save()
    except IntegrityError:
        raise ValidationError("This is stopped already.") from None
    _tell(stop)
    return stop


@action(Event.STOP_LIFTED)
def lift(actor: Person, stop: Stop) -> Stop:
    """The end of a stop; calls that were refused are not repeated by it."""
    lifted = Stop.objects.standing().filter(pk=stop.pk).update(lifted_by=actor, lifted_at=timezone.now())
    if not lifted:
        raise ValidationError("This stop is lifted already.")
    stop.refresh_from_db()
    _tell(stop)
    return stop


def _tell(stop: Stop) -> None:
    """The entry of a connection's stop belongs to the connection's own history."""
    if stop.connection is not None:
        on(stop.connection)
    detail(scope=stop.scope, why=stop.why)
