"""People, teams, sign-in, the audit trail and the frame of every page. Knows nothing of metering or agents."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
