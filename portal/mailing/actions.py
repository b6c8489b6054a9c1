"""What the link in a mail does."""

from collections.abc import Sequence

from django.utils import timezone

from portal.audit.record import action, detail
from portal.events import Event
from portal.mailing.switching import CHANNEL, titles
from portal.notices.models import UNSENT, Choice, Delivery
from portal.people.models import Person


@action(Event.MAILS_STOPPED)
def stop(actor: Person, *, kinds: Sequence[str]) -> None:
    """No mails about these kinds of notices, also not those that wait to be sent."""
    _choose(actor, kinds, on=False)
    waiting = Delivery.objects.filter(UNSENT, person=actor, channel=CHANNEL, notice__kind__in=kinds)
    waiting.update(dropped_at=timezone.now())


@action(Event.MAILS_RESUMED)
def resume(actor: Person, *, kinds: Sequence[str]) -> None:
    _choose(actor, kinds, on=True)


def _choose(actor: Person, kinds: Sequence[str], *, on: bool) -> None:
    detail(kinds=titles(kinds))
    for kind in sorted(kinds):
        Choice.objects.update_or_create(person=actor, kind=kind, channel=CHANNEL, defaults={"on": on})
