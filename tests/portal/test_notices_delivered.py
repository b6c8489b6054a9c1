"""What is due leaves the portal: in order, again after trouble, and not when it needs nobody any more."""

from collections.abc import Iterator
from datetime import time, timedelta

import pytest

from portal.notices import delivering, kinds
from portal.notices.channels import Away, Refused
from portal.notices.kinds import Kind
from portal.notices.models import Delivery, Hours, Notice, Outage
from portal.notices.reading import read
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import because, render_reason
from tests.cast import Cast
from tests.portal.told import Clock, Killed, Post, clock, post, told_kinds  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds")]


def fires(person: Person, number: int = 1, begin: int = 0) -> list[int]:
    for key in range(begin, begin + number):
        tell([person], "t.fire", person, "/", key=str(key))
    return list(Notice.objects.filter(person=person).order_by("id").values_list("id", flat=True))


def of(post: Post, person: Person) -> list[int]:
    return [notice for number, notice in post.arrived if number == person.pk]


def test_what_is_due_to_one_person_is_one_message_in_order(cast: Cast, post: Post, clock: Clock) -> None:
    mine, hers = fires(cast.mia, 3), fires(cast.lea, 2)
    assert delivering.deliver() == 5
    assert (of(post, cast.mia), of(post, cast.lea)) == (mine, hers)
    assert len(post.messages) == 2
    assert delivering.deliver() == 0


def test_no_private_word_leaves_the_portal(cast: Cast, post: Post, clock: Clock) -> None:
    tell([cast.mia], "t.wrote", cast.support, "/teams/1/", who="Ada", words="the secret")
    delivering.deliver()
    [[shown]] = post.messages
    assert (shown.title, shown.text) == ("Somebody wrote", "Ada wrote something")
    assert shown.link.startswith("http")
    assert shown.link.endswith(f"/notices/{shown.id}/")
    assert "secret" not in str(shown)


def test_what_nobody_can_be_shown_outside_is_the_sentence_for_outside(cast: Cast, post: Post) -> None:
    """Even where its person could read the parameters: the row holds both."""
    kinds.declare([Kind("t.all", "All", "House", "{name} came to {place}.")])
    tell([cast.mia], "t.all", cast.support, "/", name="Ada", place="the office")
    delivering.deliver()
    assert post.messages[0][0].text == "Ada came to the office."


def test_trouble_of_one_person_holds_up_theirs_in_order_and_nobody_elses(
    cast: Cast, post: Post, clock: Clock
) -> None:
    post.trouble = lambda person: Away(retry_after=600) if person == cast.mia else None
    mine, hers = fires(cast.mia, 2), fires(cast.lea)
    delivering.deliver()
    assert (of(post, cast.mia), of(post, cast.lea)) == ([], hers)
    post.trouble = lambda person: None
    mine = fires(cast.mia, 1, begin=2)
    assert delivering.deliver() == 0  # the third waits for the first two
    clock.on(seconds=601)
    assert delivering.deliver() == 3
    assert of(post, cast.mia) == mine


def test_each_try_waits_longer_and_none_for_ever(clock: Clock) -> None:
    waits = [delivering.pause(tries).total_seconds() for tries in range(1, 12)]
    assert all(7 <= wait <= 900 * 1.25 for wait in waits)
    assert waits[6] > waits[0] * 8
    assert delivering.pause(1, asked=5000) == timedelta(seconds=5000)
    assert delivering.pause(1, asked=10**9) == timedelta(days=1)


def test_a_channel_that_is_away_is_tried_once_for_all(cast: Cast, post: Post, clock: Clock) -> None:
    tries: list[int] = []

    def away(person: Person) -> Away:
        tries.append(person.pk)
        return Away(everybody=True)

    post.trouble = away
    mine, hers = fires(cast.mia, 2), fires(cast.lea)
    for _ in range(5):
        delivering.deliver()
    assert len(tries) == 1
    assert delivering.waiting("t_post")["number"] == 3
    clock.on(hours=1)
    delivering.deliver()
    assert (len(tries), Outage.objects.get().tries) == (2, 2)
    post.trouble = lambda person: None
    clock.on(hours=1)
    assert delivering.deliver() == 3
    assert (of(post, cast.mia), of(post, cast.lea)) == (mine, hers)
    assert delivering.waiting("t_post") == {}


def test_what_is_refused_is_not_tried_again_and_says_why(cast: Cast, post: Post, clock: Clock) -> None:
    post.trouble = lambda person: Refused(because("notice_gave_up"))
    fires(cast.mia)
    delivering.deliver()
    row = Delivery.objects.get()
    assert (row.dropped_at is None, render_reason(row.trouble)) == (False, "It was tried for a week.")
    assert Notice.objects.unread().count() == 1  # in the portal it stays


def test_what_breaks_a_channel_is_tried_again_for_a_week(cast: Cast, post: Post, clock: Clock) -> None:
    post.trouble = lambda person: KeyError("odd") if person == cast.mia else None
    fires(cast.mia)
    fires(cast.lea)
    assert delivering.deliver() == 1
    for _ in range(10):
        clock.on(days=1)
        delivering.deliver()
    row = Delivery.objects.get(person=cast.mia)
    assert row.tries in (8, 9)
    assert row.trouble == because("notice_gave_up")


def test_who_left_or_is_not_reached_gets_nothing(cast: Cast, post: Post, clock: Clock) -> None:
    fires(cast.mia)
    Person.objects.filter(pk=cast.mia.pk).update(is_active=False)
    delivering.deliver()
    post.reaches = False
    fires(cast.lea)
    delivering.deliver()
    assert post.arrived == []
    assert Delivery.objects.filter(dropped_at__isnull=False).count() == 2


def test_what_was_read_or_settled_is_not_sent(cast: Cast, post: Post, clock: Clock) -> None:
    Hours.objects.create(person=cast.mia, digest_at=time(8))
    for key in ("read", "settled", "new"):
        tell([cast.mia], "t.wrote", cast.support, "/", key=key, who="Ada", words="x")
    tell([cast.mia], "t.wrote", cast.sales, "/", who="Ada", words="x")
    assert delivering.deliver() == 0
    read(Notice.objects.get(key="read"))
    settle(cast.sales)
    clock.on(days=1)
    assert delivering.deliver() == 2  # one message with both
    assert len(post.messages) == 1


def test_a_worker_that_died_loses_nothing_and_overtakes_nothing(cast: Cast, post: Post, clock: Clock) -> None:
    deaths: Iterator[BaseException | None] = iter([Killed(), None, None])
    post.after = lambda person: next(deaths)
    mine = fires(cast.mia, 2)
    with pytest.raises(Killed):
        delivering.deliver()
    mine = fires(cast.mia, 1, begin=2)
    assert delivering.deliver() == 0  # until its time is over
    clock.on(minutes=4)
    assert delivering.deliver() == 3
    assert of(post, cast.mia) == [*mine[:2], *mine]
