"""The Celery application and the beat table. Celery supplies hands; the queue itself is rows in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["agents", "metering"], related_name="workers")

app.conf.beat_schedule = {
    # A task whose message was lost is queued again; an ask or a grant past its end is closed.
    "sweep": {"task": "agents.sweep", "schedule": 15.0},
    # What people did with the things that agents in shadow mode would have changed.
    "observe": {"task": "agents.observe", "schedule": 3600.0},
    # Next month's partition exists before its first event does.
    "partitions": {"task": "metering.partitions", "schedule": 6 * 3600.0},
}
