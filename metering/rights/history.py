"""The history of visibility settings: a row and an entry whenever they differ from before."""

from django.db import transaction

from metering.rights import actions, rules
from metering.rights.models import VisibilitySettings
from portal.audit.record import PORTAL
from portal.locking import lock_until_commit


def notice() -> VisibilitySettings:
    """The row that holds now; a new one where the settings of this process differ from the last row's."""
    now = rules.values()
    with transaction.atomic():
        lock_until_commit("visibility settings")  # several workers start at once: one of them writes
        last = VisibilitySettings.objects.first()
        if last and last.values == now:
            return last
        return actions.note_settings(PORTAL, values=now, changes=_changes(last.values, now) if last else [])


def _changes(before: dict[str, str], now: dict[str, str]) -> list[list[str]]:
    names = dict.fromkeys([*now, *before])  # (JSON in the database keeps no order)
    pairs = [[name, before.get(name, "not set"), now.get(name, "not set")] for name in names]
    return [line for line in pairs if line[1] != line[2]]
