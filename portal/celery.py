"""The Celery application. The queue itself is rows in the database; plug-ins say what runs by the clock (``beats``)."""

import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from django.conf import settings
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

TRANSPORT_ALIASES["pgmq"] = "portal.pgmq_transport:Transport"


class Promptly(Connection):
    """Tries a broker that is away every two seconds at the latest: Celery rests for up to 30."""

    def _ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        return super()._ensure_connection(
            *args, **{"interval_start": 0.5, "interval_step": 0.5, "interval_max": 2} | kwargs
        )


class Queues(AMQP):
    Connection = Promptly


app = Celery("portal", amqp=Queues)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(lambda: settings.PLUGINS, related_name="workers")
