"""The one verb of the trail: ask that all of it be checked now."""

from portal.audit.record import action, on
from portal.audit.seals import TrailCheck
from portal.events import Event
from portal.later import later
from portal.people.models import Person


@action(Event.TRAIL_CHECKED)
def check_trail(actor: Person) -> TrailCheck:
    """Send a check to the next worker; one that is under way already answers this as well."""
    newest = TrailCheck.objects.first()
    if newest is None or not newest.running:
        newest = TrailCheck.objects.create()
        later("portal.check_trail", newest.pk)
    on(newest)
    return newest
