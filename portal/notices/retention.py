"""Notices go with the texts that they are about: after ``PORTAL_KEEP_CONTENT`` days, read or not."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from portal.notices.models import Delivery, Notice

TEXTS = {"portal.Notice": {"reason"}}
AT_ONCE = 2_000
AT_MOST = 1_000_000  # of one night; the rest goes the night after


def forget() -> int:
    """Delete what was told too long ago, in pieces. How many notices there were.

    What is still not settled may be told anew.
    """
    before, done = timezone.now() - timedelta(days=settings.RETENTION["content"]), 0
    old = Notice.objects.filter(made_at__lt=before).order_by("made_at").values_list("pk", flat=True)
    while done < AT_MOST and (found := list(old[:AT_ONCE])):
        Delivery.objects.filter(notice__in=found).delete()
        Notice.objects.filter(pk__in=found).delete()
        done += len(found)
    return done
