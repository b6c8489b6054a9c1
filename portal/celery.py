"""The Celery application. The queue itself is rows in the database; plug-ins say what runs by the clock (``beats``)."""

import os

from celery import Celery
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

TRANSPORT_ALIASES["pgmq"] = "portal.pgmq_transport:Transport"
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.PLUGINS, related_name="workers")
