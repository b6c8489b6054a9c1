"""Publishes every period that is due, each once, however many workers run."""

import logging

from django.db import transaction

from metering.permits import exposure
from metering.publications.models import PublishedPeriod
from metering.publishing import actions, gathering
from portal.audit.record import PORTAL

log = logging.getLogger(__name__)


def publish_due() -> list[PublishedPeriod]:
    """What was published now, each period in its own transaction. One that fails is tried again each night."""
    made = []
    for period in gathering.due():
        try:
            with transaction.atomic():
                exposure.locked()
                if period in gathering.due():
                    made.append(actions.publish(PORTAL, period))
        except Exception:
            log.exception("The figures of %s could not be made.", period)
    return made
