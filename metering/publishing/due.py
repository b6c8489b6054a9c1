"""Publishes every period that is due, each once, however many workers run."""

import logging

from django.db import transaction

from metering.permits import exposure
from metering.publications.models import PublishedPeriod
from metering.publishing import actions, gathering
from metering.rollups.periods import Period
from portal.audit.record import PORTAL

log = logging.getLogger(__name__)


def publish_due() -> list[PublishedPeriod]:
    """What was published now; nothing where another worker has done it, or nothing is due.

    Each period is a transaction of its own, so that one that fails takes no other along. It is tried again every night
    until a later one is made; from then on its usage counts as what came late.
    """
    made = []
    for period in gathering.due():
        try:
            made += _publish(period)
        except Exception:
            log.exception("The figures of %s could not be made.", period)
    return made


def _publish(period: Period) -> list[PublishedPeriod]:
    with transaction.atomic():
        exposure.locked()
        return [actions.publish(PORTAL, period)] if period in gathering.due() else []
