"""What metering brings to the portal."""

from celery.schedules import crontab

from metering.budgets import anomalies, words
from metering.events import Event
from metering.home import parts
from metering.links import links
from metering.notices import KINDS
from metering.permissions import ROLE_PERMISSIONS
from metering.plugins import MeteringPlugin
from metering.rights.mydata import PERSONAL_DATA
from metering.usage.partitions import GRANTS
from portal.plugins import Beat

PLUGIN = MeteringPlugin(
    urls=[
        ("usage/", "metering.my_usage.urls"),
        ("budgets/", "metering.budgets.urls"),
        ("usage/signals/", "metering.signals.urls"),
        ("outcomes/", "metering.outcomes.urls"),
        ("reports/", "metering.reports.urls"),
        ("my-data/", "metering.rights.urls"),
    ],
    links=links,
    home_parts=parts,
    role_permissions=ROLE_PERMISSIONS,
    personal_data=PERSONAL_DATA,
    database_grants=GRANTS,
    events=Event,
    notices=KINDS,
    reasons={**words.REFUSALS, **anomalies.REASONS},
    reason_kinds=words.KINDS,
    beats={
        # What was set aside for model calls of workers that died is free again; soft limits that were passed are told.
        "budgets": Beat("metering.budgets", 60),
        # Each person's own signals of waste, from their own past.
        "signals": Beat("metering.signals", crontab(hour=2, minute=40)),
        # Next month's partition exists before its first event does.
        "partitions": Beat("metering.partitions", 6 * 3600),
        # Looks, thumbs and signals past their time are deleted; days and work items of a person lose the person.
        "forget_old": Beat("metering.forget_old", crontab(hour=2, minute=30)),
        # Figures of groups, once their four weeks have ended; every night whether all that is shown hides everyone.
        "publish": Beat("metering.publish", 6 * 3600),
        "check_disclosure": Beat("metering.check_disclosure", crontab(hour=3, minute=20)),
        # Single model calls that are older than retention go; what each day adds up to stays.
        "retention": Beat("metering.retention", 6 * 3600),
    },
)
