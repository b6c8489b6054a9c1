"""Whatever happens in whatever order: nothing is lost, nothing overtakes, nothing that was settled before is sent."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.notices import delivering
from portal.notices.channels import Away
from portal.notices.models import Delivery, Notice, Outage
from portal.notices.reading import read
from portal.notices.telling import settle, tell
from portal.people.models import Person
from tests.cast import Cast
from tests.portal.told import Clock, Killed, Post, clock, post, told_kinds  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds")]
WHO, WHAT = st.sampled_from(["mia", "lea"]), st.integers(0, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), WHO, WHAT),
        st.tuples(st.just("settle"), st.just(""), WHAT),
        st.tuples(st.just("read"), WHO, WHAT),
        st.tuples(st.just("deliver"), st.sampled_from(["ok", "away", "all", "broke", "dies", "dies first"]), WHAT),
        st.tuples(st.just("wait"), st.just(""), st.sampled_from([1, 30, 400, 2000])),
    ),
    min_size=4,
    max_size=25,
)  # fmt: skip


class Story:
    def __init__(self, cast: Cast, post: Post, clock: Clock) -> None:
        self.people = {"mia": cast.mia, "lea": cast.lea}
        self.matters = [cast.ada, cast.aud, cast.finn, cast.olga]
        self.post, self.clock, self.deaths = post, clock, 0
        self.over: set[int] = set()  # settled or read, and not to arrive from then on
        post.arrived.clear()
        clock.later = timedelta()  # else notices of later stories were too old to be tried again

    def tell(self, who: str, what: int) -> None:
        tell([self.people[who]], "t.fire", self.matters[what], "/")

    def settle(self, who: str, what: int) -> None:
        settle(self.matters[what])
        self.over |= set(Notice.objects.filter(settled_at__isnull=False).values_list("pk", flat=True))

    def read(self, who: str, what: int) -> None:
        for notice in Notice.objects.filter(person=self.people[who], about_id=self.matters[what].pk):
            read(notice)
            self.over.add(notice.pk)

    def wait(self, who: str, seconds: int) -> None:
        self.clock.on(seconds=seconds)

    def deliver(self, how: str, which: int) -> None:
        victim = [None, *self.people.values()][which % 3]

        def hits(person: Person, *, after: bool) -> BaseException | None:
            if (victim is not None and person != victim) or (how == "dies") != after:
                return None
            trouble = {"away": Away(), "all": Away(everybody=True), "broke": KeyError("odd")}
            return Killed() if "dies" in how else trouble.get(how)

        self.post.trouble = lambda person: hits(person, after=False)
        self.post.after = lambda person: hits(person, after=True)
        before = len(self.post.arrived)
        try:
            delivering.deliver()
        except Killed:
            self.deaths += 1
        assert not self.over & {notice for _, notice in self.post.arrived[before:]}

    def ends(self) -> None:
        """The channel answers for good."""
        self.clock.on(days=1)
        self.deliver("ok", 0)
        assert not Delivery.objects.filter(sent_at__isnull=True, dropped_at__isnull=True).exists()
        assert not Outage.objects.filter(until__gt=self.clock()).exists()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_nothing_is_lost_doubled_overtaken_or_sent_too_late(
    steps: list[tuple[str, str, int]], cast: Cast, post: Post, clock: Clock
) -> None:
    with transaction.atomic():
        story = Story(cast, post, clock)
        for verb, who, what in steps:
            getattr(story, verb)(who, what)
        story.ends()
        arrived = [notice for _, notice in post.arrived]
        still = set(Notice.objects.unread().values_list("pk", flat=True))
        assert still <= set(arrived)
        assert (
            len(arrived) - len(set(arrived)) <= story.deaths * 8
        )  # twice only where a worker died in between
        first = defaultdict(list)
        for person, notice in post.arrived:
            if notice not in first[person]:
                first[person].append(notice)
        assert all(order == sorted(order) for order in first.values())
        transaction.set_rollback(True)
