"""Celery entry points of metering. What the clock starts (``plugin.py``) is a function of its room."""

from celery import shared_task
from celery.signals import worker_ready

from metering.budgets import watching
from metering.pricing import unpriced
from metering.publishing import checking, due
from metering.rights import history
from metering.rights import retention as old_data
from metering.signals import nightly
from metering.usage import actions
from metering.usage import partitions as months
from portal.people.models import Person

partitions = shared_task(name="metering.partitions")(months.make_ahead)
retention = shared_task(name="metering.retention")(months.drop_old)
forget_old = shared_task(name="metering.forget_old")(old_data.apply)
publish = shared_task(name="metering.publish")(due.publish_due)
check_disclosure = shared_task(name="metering.check_disclosure")(checking.check)
budgets = shared_task(name="metering.budgets")(watching.sweep)
signals = shared_task(name="metering.signals")(nightly.find_signals)


@shared_task(name="metering.price_again")
def price_again(provider: str, model: str, person_id: int) -> None:
    person = Person.objects.get(pk=person_id)
    actions.price_again(person, provider=provider, model=model, period=unpriced.kept_days())


@worker_ready.connect
def note_settings(**_: object) -> None:
    """A worker starts with every start of the portal: were the rules of visibility others before?"""
    history.notice()
