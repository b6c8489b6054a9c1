"""Celery entry points of metering."""

from celery import shared_task
from celery.signals import worker_ready

from metering.budgets import watching
from metering.pricing import unpriced
from metering.publishing import checking, due
from metering.rights import history
from metering.rights import retention as keeping
from metering.signals import nightly
from metering.usage import actions
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


@shared_task(name="metering.forget_old")
def forget_old() -> None:
    keeping.apply()


@worker_ready.connect
def note_settings(**_: object) -> None:
    """A worker starts with every start of the portal: were the rules of visibility others before?"""
    history.notice()


@shared_task(name="metering.publish")
def publish() -> None:
    due.publish_due()


@shared_task(name="metering.check_disclosure")
def check_disclosure() -> None:
    checking.check()


@shared_task(name="metering.budgets")
def budgets() -> None:
    watching.sweep()


@shared_task(name="metering.signals")
def signals() -> None:
    nightly.find_signals()
