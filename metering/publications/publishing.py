"""Publishes whatever is due: a period is made once, however many workers come to do it."""

from django.db import transaction

from metering.publications import actions, gathering
from metering.publications.models import PublishedPeriod
from portal.audit.record import PORTAL


def publish_due() -> list[PublishedPeriod]:
    """What was published now; nothing where another worker has done it, or nothing is due."""
    with transaction.atomic():
        gathering.locked()
        return [actions.publish(PORTAL, period) for period in gathering.due()]
