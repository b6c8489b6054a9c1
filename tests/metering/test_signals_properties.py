"""What holds for all tasks: volume alone never signals, and honest work added to anything never makes a signal."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from metering.signals.evidence import Call, Task
from metering.signals.items import Claim, cache_share, credited
from metering.signals.rules import signals
from metering.signals.sketches import KEPT, WIDTH, likeness, marks, sketch
from tests.metering.tasks import BEGIN, KEY

VOCABULARY = ["sort", "mail", "of", "the", "week", "into", "folders", "and", "write", "a", "digest"]
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=12)


@st.composite
def some(draw, effective: bool = False) -> Task:
    """Any task; ``effective``: opened by its person, and it changed something."""
    ref = f"t{draw(st.integers(0, 10**12))}"
    sizes = draw(st.lists(st.integers(0, 10**7), max_size=8))
    calls = tuple(
        Call(f"{ref}.{turn}", turn, size, draw(st.booleans()), draw(st.booleans()))
        for turn, size in enumerate(sizes)
    )
    made = Task(
        ref,
        BEGIN + timedelta(minutes=draw(st.integers(0, 60 * 24 * 70))),
        draw(st.integers(1, 3)),
        calls,
        scheduled=draw(st.booleans()),
        sketch=sketch(" ".join(draw(WORDS)), KEY),
        opened=draw(st.booleans()),
        opened_by_other=draw(st.booleans()),
        effects=draw(st.integers(0, 2)),
        verified=draw(st.booleans()),
        item=draw(st.booleans()),
    )
    return replace(made, opened=True, effects=1) if effective else made


def shape(found) -> set[tuple]:
    return {(one.kind, ref) for one in found for ref in one.tasks}


@given(st.lists(some(effective=True), max_size=120, unique_by=lambda one: one.ref), st.integers(1, 40))
@settings(max_examples=60)
def test_volume_alone_never_signals(tasks, times):
    """However many tasks, of whatever length, each as large as the other by ``times``: what is used is no waste."""
    many = [
        replace(
            one,
            ref=f"{one.ref}-{n}",
            calls=tuple(replace(c, read=1000 * times, turn=c.turn) for c in one.calls),
        )
        for one in tasks
        for n in range(3)
    ]
    assert signals(many) == []


@given(
    st.lists(some(), max_size=60, unique_by=lambda one: one.ref),
    st.lists(some(effective=True), max_size=60, unique_by=lambda one: one.ref),
)
@settings(max_examples=100)
def test_opened_and_effective_work_is_in_no_signal_of_unneeded_results(tasks, honest):
    honest = [replace(one, ref=f"h{one.ref}", verified=True) for one in honest]
    names = {one.ref for one in honest}
    assert {ref for kind, ref in shape(signals(tasks + honest)) if kind != "context"} & names == set()


@given(st.lists(some(), max_size=40, unique_by=lambda one: one.ref))
@settings(max_examples=60)
def test_the_same_tasks_in_another_order_give_the_same(tasks):
    assert signals(tasks) == signals(tasks[::-1])


@given(WORDS, WORDS)
def test_likeness_is_even_and_whole_for_the_same(one, other):
    first, second = (marks(sketch(" ".join(words), KEY)) for words in (one, other))
    assert 0 <= likeness(first, second) == likeness(second, first) <= 1
    assert not one or likeness(first, first) == 1
    assert len(sketch(" ".join(one) * 20, KEY)) <= KEPT * WIDTH


CLAIMS = st.lists(
    st.builds(
        Claim,
        st.sampled_from(["a", "b", "c", "d", "e"]),
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(1, 3),
        st.booleans(),
        st.booleans(),
        st.sampled_from([0.0, 0.3, 0.9, 1.0]),
        changed=st.booleans(),
    ),
    max_size=20,
)


@given(CLAIMS, CLAIMS)
def test_more_tasks_on_known_items_never_give_anybody_more(claims, more):
    """Whoever attaches a task to an item that is earned already, or was never, gains no item and no cache share."""
    earned = {claim.item for claim in claims if claim.earns}
    attached = [replace(one, verified=one.verified and one.item in earned) for one in more]
    for field in ("person", "team", "agent"):
        before = credited(claims, lambda claim: getattr(claim, field))  # noqa: B023
        after = credited(claims + attached, lambda claim: getattr(claim, field))  # noqa: B023
        for holder, items in after.items():
            assert items <= before.get(holder, set())


@given(CLAIMS, CLAIMS)
def test_more_tasks_never_raise_the_cache_share(claims, more):
    counted = {claim.item for claim in claims}
    before, after = cache_share(claims, counted), cache_share(claims + more, counted)
    assert before is None or (after is not None and after <= before)


@given(CLAIMS, st.sets(st.sampled_from(["a", "b", "c", "d", "e"])))
def test_what_others_do_to_one_s_items_never_raises_the_cache_share(claims, attached):
    """Colleagues who attach tasks, also as agreed, make bad items count no more and the share no better."""
    own = [replace(one, person=1, verified=True, changed=True, reversed=False) for one in claims]
    others = [Claim(item, 2, 1, 2, verified=False, changed=True) for item in attached]
    before, after = (
        cache_share(own, credited(told, lambda one: one.person).get(1, set())) for told in (own, own + others)
    )
    assert before is None or after is None or after <= before + 1e-9
