"""Audit events of metering; model calls are in the ledger. Labels are templates: see ``portal.audit.sentences``."""

from django.db import models


class Event(models.TextChoices):
    PERMIT_REQUESTED = (
        "permit.requested",
        "{actor} asked to see what the agents of {about} cost|{actor} asked for {target}",
    )
    PERMIT_GRANTED = "permit.granted", "{actor} granted {target}"
    PERMIT_DENIED = "permit.denied", "{actor} declined {target}"
    PERMIT_REVOKED = "permit.revoked", "{actor} revoked {target}"
    REPORT_OPENED = (
        "report.opened",
        "{actor} saw what the agents of {target} cost ({first:date} to {last:date})|"
        "{actor} saw what the agents of {target} cost",
    )
    CORRECTION_REQUESTED = (
        "correction.requested",
        "{actor} reported usage as not {theirs}: {what}|{actor} reported {target}",
    )
    CORRECTION_ACCEPTED = "correction.accepted", "{actor} accepted the correction of {target}"
    CORRECTION_REFUSED = "correction.refused", "{actor} declined the correction of {target}"
    CORRECTION_WITHDRAWN = "correction.withdrawn", "{actor} took back the correction of {target}"
    OBJECTION_RAISED = "objection.raised", "{actor} objected to {target}"
    OBJECTION_UPHELD = "objection.upheld", "{actor} upheld {target}"
    OBJECTION_OVERRULED = "objection.overruled", "{actor} overruled {target}"
    OBJECTION_WITHDRAWN = "objection.withdrawn", "{actor} took back {target}"
    DATA_EXPORTED = "person.exported", "{actor} exported {whose} data"
    PERSON_ERASED = "person.erased", "{actor} erased {whose} data"
    USAGE_FOLDED = (
        "retention.folded",
        "{actor} took the people out of usage from before {before:date}|"
        "{actor} took the people out of old usage",
    )
    ITEMS_FOLDED = (
        "retention.items",
        "{actor} took the people out of work items from before {before:date}|"
        "{actor} took the people out of old work items",
    )
    ITEM_TEXTS = (
        "retention.item_texts",
        "{actor} took the texts out of work items from before {before:date}|"
        "{actor} took the texts out of old work items",
    )
    LOOKS_DROPPED = (
        "retention.looks",
        "{actor} deleted records of opened reports from before {before:date}|"
        "{actor} deleted old records of opened reports",
    )
    SIGNALS_DROPPED = (
        "retention.signals",
        "{actor} deleted hints and facts of tasks from before {before:date}|"
        "{actor} deleted old hints and facts of tasks",
    )
    VISIBILITY_CHANGED = (
        "visibility.changed",
        "New settings of {target} apply: {changes:list}|New settings of {target} apply",
    )
    FIGURES_PUBLISHED = "figures.published", "{actor} published the figures of {target}"
    DISCLOSURE_CHECKED = (
        "disclosure.checked",
        "{actor} checked {figures:count published figure} for what they give away|"
        "{actor} checked what published figures give away",
    )
    BUDGET_SET = "budget.set", "{actor} set {target} to {limit}|{actor} set {target}"
    BUDGET_RAISED = (
        "budget.raised",
        "{actor} raised {target} by {by} until {until:day}|{actor} raised {target} for a while",
    )
    BUDGET_RAISE_ENDED = (
        "budget.raise_ended",
        "{actor} took back the raise of {target} by {by}|{actor} took back the raise of {target}",
    )
    BUDGET_ENDED = "budget.ended", "{actor} ended {target}"
    BUDGET_PASSED = "budget.passed", "{Target} has passed its limit of {limit}|{Target} has passed its limit"
    USAGE_CORRECTED = "usage.corrected", "{actor} corrected {whose} usage"
    USAGE_PRICED = (
        "usage.priced",
        "{actor} priced calls of {model} anew ({first:date} to {last:date})|{actor} priced model calls anew",
    )
    PRICE_ADDED = "price.added", "{actor} added the contract price of {target}"
    PRICE_ENDED = "price.ended", "{actor} ended the contract price of {target}"
    RATE_ADDED = "rate.added", "{actor} added the exchange rate {target}"
    ITEM_CLAIMED = "item.claimed", "{actor} produced {target} (task {task})|{actor} produced {target}"
    ITEMS_CLAIMED = (
        "items.claimed",
        "{actor} recorded {done:count result} of tasks|{actor} recorded results of tasks",
    )
    ITEM_VERIFIED = "item.verified", "{actor} verified {target}"
    ITEMS_VERIFIED = (
        "items.verified",
        "{actor} recorded that systems verified {done:count result}|"
        "{actor} recorded what systems say of results",
    )
    ITEM_REVERSED = "item.reversed", "{actor} reversed {target}"
    ITEMS_REVERSED = (
        "items.reversed",
        "{actor} recorded {done:count reversed result}|{actor} recorded reversed results",
    )
    ITEM_ASKED = "item.asked", "{actor} asked a colleague to confirm {target}"
    ITEM_CONFIRMED = "item.confirmed", "{actor} confirmed {target}"
    ITEM_DECLINED = "item.declined", "{actor} did not confirm {target}"
    FEEDBACK_GIVEN = "feedback.given", "{actor} gave {target}"
