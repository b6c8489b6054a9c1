"""Work items of a simulated company: through their own door, and counted as its report counts them."""

from collections import Counter
from random import Random

import pytest
from django.core.management import call_command

from metering.outcomes.counts import by_person
from metering.outcomes.models import Attribution, WorkItem
from metering.privacy.visibility import PUBLISHING
from metering.rollups.periods import Period
from portal.audit.models import Entry
from portal.people.models import Person
from tests.metering.test_import_usage import Company, figures


def counted() -> dict[str, int]:
    """Of everybody, as publications count them, over all time."""
    rows = WorkItem.objects.exclude(verified_at=None).order_by("verified_at")
    whole = Period(rows[0].verified_at.date(), rows.last().verified_at.date())
    found = by_person(PUBLISHING, whole)
    return {one.display_name: found.get(one.pk, 0) for one in Person.objects.all()}


def reported(folder) -> dict[str, int]:
    found = figures(folder)
    return {who: int(value) for (who, metric), value in found.items() if metric == "distinct verified items"}


def imported(company: Company, folder) -> None:
    call_command("import_usage", str(company.write(folder / "world")), verbosity=0)


def test_items_come_through_the_door_of_outcomes(db, tmp_path):
    company = Company()
    company.task(0, 20, verified=0, reverted=1, work_item="W-0-3-0", did=1)
    company.task(1, 3, verified=0, work_item="later", did=1)
    company.task(1, 3, verified=1, work_item="--", did=1)
    imported(company, tmp_path)
    assert WorkItem.objects.count() == 8 * 56 + 1
    undone = WorkItem.objects.get(identity="w-0-3-0")
    assert (undone.voided, undone.counts, undone.attributions.count()) == (True, False, 2)
    assert WorkItem.objects.get(identity="later").verified_at is None
    assert counted() == {"e0": 55} | {f"e{n}": 56 for n in range(1, 8)} == reported(tmp_path)
    said = Entry.objects.filter(event__in=["items.claimed", "items.verified", "items.reversed"])
    assert said.count() == 3


def test_the_same_world_twice_brings_no_item_twice(db, tmp_path):
    company = Company()
    company.task(0, 20, reverted=1, work_item="W-0-3-0", did=1)
    imported(company, tmp_path)
    before = list(WorkItem.objects.order_by("pk").values())
    attributions = Attribution.objects.count()
    imported(company, tmp_path)
    assert list(WorkItem.objects.order_by("pk").values()) == before
    assert Attribution.objects.count() == attributions


GAMES = {
    "joins in": lambda c: [c.task(0, n / 2, verified=1, work_item=f"W-1-{n}-0", did=1) for n in range(28)],
    "joins in, unverified": lambda c: [c.task(0, 27, work_item=f"W-1-{n}-1", did=1) for n in range(28)],
    "is there first": lambda c: [c.task(0, -2, verified=1, work_item=f"W-1-{n}-0", did=1) for n in range(28)],
    "is there first, unverified": lambda c: [c.task(0, -2, work_item=f"W-1-{n}-0", did=1) for n in range(28)],
    "spells it otherwise": lambda c: [
        c.task(0, 3, verified=1, work_item=f" w_1_{n} 0", did=1) for n in range(28)
    ],
    "does nothing": lambda c: [c.task(0, 3, verified=1, work_item=f"new-{n}") for n in range(28)],
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", GAMES)
def test_who_games_gains_no_item_on_any_page(name, tmp_path):
    company = Company()
    GAMES[name](company)
    imported(company, tmp_path)
    found = counted()
    assert found == reported(tmp_path)
    taken = {"does nothing": 0}.get(name, 28)
    assert (found["e0"], found["e1"], found["e2"]) == (56, 56 - taken, 56)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_the_table_and_the_report_agree_whatever_happened(seed, tmp_path):
    draw, company = Random(seed), Company()
    for _ in range(150):
        company.task(
            draw.randrange(8),
            draw.uniform(-3, 27),
            verified=draw.randrange(2),
            reverted=int(draw.random() < 0.2),
            work_item=f"{draw.choice('Ww')}-{draw.randrange(3)}-{draw.randrange(28)}-{draw.randrange(4)}",
            did=draw.randrange(2),
        )
    imported(company, tmp_path)
    assert counted() == reported(tmp_path)
    assert len(Counter(counted().values())) > 1, "and not because nothing happened"
