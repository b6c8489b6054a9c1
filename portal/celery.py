"""The Celery application and the beat table. Celery supplies hands; the queue itself is rows in the database."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agents", "metering", "portal"], related_name="workers")

app.conf.beat_schedule = {
    # The trail: sealed soon after it is written, marked outside of the database, and all of it checked by night.
    "seal": {"task": "portal.seal", "schedule": 15.0},
    "mark": {"task": "portal.mark", "schedule": 3600.0},
    "check_trail": {"task": "portal.check_trail", "schedule": crontab(hour=3, minute=40)},
    # A task whose message was lost is queued again; an ask or a grant past its end is closed.
    "sweep": {"task": "agents.sweep", "schedule": 15.0},
    # Answers to forms after a quarter of an hour, and after two days that they were sent.
    "forget_submissions": {"task": "portal.forget_submissions", "schedule": 300.0},
    # What people did with the things that agents in shadow mode would have changed.
    "observe": {"task": "agents.observe", "schedule": 3600.0},
    # What was set aside for model calls of workers that died is free again; soft limits that were passed are told.
    "budgets": {"task": "metering.budgets", "schedule": 60.0},
    # Each person's own signals of waste, from their own past.
    "signals": {"task": "metering.signals", "schedule": crontab(hour=2, minute=40)},
    # What became of work items, asked of the systems they are in.
    "outcomes": {"task": "agents.outcomes", "schedule": 3600.0},
    # Next month's partition exists before its first event does.
    "partitions": {"task": "metering.partitions", "schedule": 6 * 3600.0},
    # Looks, thumbs and signals that are past their time are deleted, days and work items of a person lose the person.
    "forget_old": {"task": "metering.forget_old", "schedule": crontab(hour=2, minute=30)},
    # What a task used, when the model calls that it used it for are not kept any more.
    "forget_figures": {"task": "agents.forget_figures", "schedule": crontab(hour=2, minute=35)},
    # Texts of tasks and messages whose time is over; a night may begin with what the one before left.
    "forget_texts": {"task": "agents.forget_texts", "schedule": crontab(hour=1, minute=50)},
    # Figures of groups, once their four weeks have ended; and every night whether all that is shown hides everyone.
    "publish": {"task": "metering.publish", "schedule": 6 * 3600.0},
    "check_disclosure": {"task": "metering.check_disclosure", "schedule": crontab(hour=3, minute=20)},
    # Single model calls that are older than retention go; what each day adds up to stays.
    "retention": {"task": "metering.retention", "schedule": 6 * 3600.0},
}
