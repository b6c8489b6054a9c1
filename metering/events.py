"""Audit events of metering. Model calls are in the ledger, not here. The label completes "actor … target"."""

from django.db import models


class Event(models.TextChoices):
    PERMIT_REQUESTED = "permit.requested", "asked for"
    PERMIT_GRANTED = "permit.granted", "permitted"
    PERMIT_DENIED = "permit.denied", "did not permit"
    PERMIT_REVOKED = "permit.revoked", "revoked"
    REPORT_OPENED = "report.opened", "opened the usage of"
    ITEM_CLAIMED = "item.claimed", "has a task that carries"
    ITEMS_CLAIMED = "items.claimed", "brought work items of tasks"
    ITEM_VERIFIED = "item.verified", "verified"
    ITEMS_VERIFIED = "items.verified", "brought the word of systems on work items"
    ITEM_REVERSED = "item.reversed", "says it was undone:"
    ITEMS_REVERSED = "items.reversed", "brought what was undone of work items"
    ITEM_ASKED = "item.asked", "asked a colleague to confirm"
    ITEM_CONFIRMED = "item.confirmed", "confirmed"
    ITEM_DECLINED = "item.declined", "did not confirm"
    FEEDBACK_GIVEN = "feedback.given", "gave"
