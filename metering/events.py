"""Audit events of metering. Model calls are in the ledger, not here. The label completes "actor … target"."""

from django.db import models


class Event(models.TextChoices):
    PERMIT_REQUESTED = "permit.requested", "asked for"
    PERMIT_GRANTED = "permit.granted", "permitted"
    PERMIT_DENIED = "permit.denied", "did not permit"
    PERMIT_REVOKED = "permit.revoked", "revoked"
    REPORT_OPENED = "report.opened", "opened the usage of"
