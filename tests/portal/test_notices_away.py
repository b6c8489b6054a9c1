"""Ten thousand notices while the channel is away for an hour: each arrives once, in order, none that was settled."""

import threading
from collections import Counter, defaultdict

import pytest
from django.db import connection

from portal.notices import delivering
from portal.notices.channels import Away
from portal.notices.models import UNSENT, Delivery, Notice
from portal.notices.telling import settle, tell
from portal.people.models import Person
from tests.portal.told import Clock, Post, clock, post, told_kinds  # noqa: F401

PEOPLE, EACH, WORKERS = 100, 100, 3
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("told_kinds")]


def at_once() -> None:
    """Several workers."""

    def work() -> None:
        try:
            delivering.deliver()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_all_arrive_once_and_in_order_and_none_after_its_matter_was_settled(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "AT_ONCE", 30)  # several messages for each person
    people = Person.objects.bulk_create(
        Person(email=f"{number}@example.com", display_name=f"Person {number}") for number in range(PEOPLE)
    )
    post.trouble = lambda person: Away(everybody=True)
    settled: set[int] = set()
    for number, matter in enumerate(people):
        tell(people, "t.fire", matter, "/")
        clock.on(seconds=36)  # an hour in all
        at_once()
        if number % 4 == 3:  # meanwhile some of it settles
            settle(people[number - 2])
            settled.add(people[number - 2].pk)
    assert post.arrived == []
    assert Notice.objects.count() == PEOPLE * EACH == 10_000
    post.trouble = lambda person: None
    clock.on(minutes=20)
    while Delivery.objects.filter(UNSENT).exists():
        at_once()
    wanted = dict(Notice.objects.exclude(about_id__in=settled).values_list("id", "person_id"))
    assert {notice: person for person, notice in post.arrived} == wanted
    assert set(Counter(post.arrived).values()) == {1}
    orders = defaultdict(list)
    for person, notice in post.arrived:
        orders[person].append(notice)
    assert all(order == sorted(order) for order in orders.values())
    assert len(wanted) == 10_000 - len(settled) * PEOPLE == 7_500
