"""Celery entry points of metering."""

from celery import shared_task

from metering.usage import actions, unpriced
from metering.usage import partitions as months
from portal.people.models import Person


@shared_task(name="metering.partitions")
def partitions() -> None:
    months.make_ahead()


@shared_task(name="metering.retention")
def retention() -> None:
    months.drop_old()


@shared_task(name="metering.price_again")
def price_again(provider: str, model: str, person_id: int) -> None:
    person = Person.objects.get(pk=person_id)
    actions.price_again(person, provider=provider, model=model, period=unpriced.kept_days())
