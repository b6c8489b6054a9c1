"""What a person chooses to be sent. On the record, because it can keep somebody from hearing of something."""

from collections.abc import Mapping, Sequence
from datetime import time

from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from portal.audit.record import action, detail
from portal.events import Event
from portal.notices import kinds
from portal.notices.models import UNSENT, Choice, Delivery, Hours
from portal.people.models import Person


@action(Event.NOTICES_CHOSEN)
def choose(
    actor: Person | str,
    person: Person,
    *,
    wanted: Mapping[tuple[str, str], bool],
    quiet_from: time | None,
    quiet_until: time | None,
    digest_at: time | None,
) -> None:
    """``wanted``: by kind and channel, whether it is sent. What is not in it stays as it is.

    What is switched off and not sent yet is not sent. Hours are in the person's time zone. Raises ValidationError for
    quiet hours without a beginning or an end.
    """
    if (quiet_from is None) != (quiet_until is None) or (quiet_from and quiet_from == quiet_until):
        raise ValidationError(
            {"quiet_until": "Quiet hours need a beginning and another end. Or choose neither."}
        )
    Choice.objects.bulk_create(
        [Choice(person=person, kind=kind, channel=way, on=on) for (kind, way), on in wanted.items()],
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["on"],
    )
    hours = {"quiet_from": quiet_from, "quiet_until": quiet_until, "digest_at": digest_at}
    Hours.objects.update_or_create(person=person, defaults=hours)
    _drop(person, [pair for pair, on in wanted.items() if not on])


@action(Event.NOTICES_CHOSEN)
def switch(actor: Person | str, person: Person, *, names: Sequence[str], channel: str, on: bool) -> None:
    """Send these kinds by this channel, or stop it, as from a link in a mail. A kind that is not known is left out."""
    known = sorted(name for name in set(names) if kinds.named(name))
    detail(**{"on" if on else "off": known})
    for name in known:
        Choice.objects.update_or_create(person=person, kind=name, channel=channel, defaults={"on": on})
    if not on:
        _drop(person, [(name, channel) for name in known])


def _drop(person: Person, pairs: list[tuple[str, str]]) -> None:
    for channel in {channel for _, channel in pairs}:
        off = [kind for kind, way in pairs if way == channel]
        rows = Delivery.objects.filter(UNSENT, person=person, channel=channel, notice__kind__in=off)
        rows.update(dropped_at=Now())
