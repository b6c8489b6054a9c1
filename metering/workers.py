"""Celery entry points of metering."""

from celery import shared_task

from metering.usage.ledger import make_partitions


@shared_task(name="metering.partitions")
def partitions() -> None:
    make_partitions()
