"""What counts as the person's own: whole stretches of their text, as they wrote it; how much those could carry."""

from dataclasses import replace
from itertools import permutations
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policy.declarations import Effect
from agents.policy.language.stretches import Stretches
from tests.agents.tainted import SEND, goes

ASKED = """Tell lea@example.com that lunch is at one. Pay Max, not Anna. Do not say that we are closed.
Post “The shop opens at nine” in general, then write to Bob: the lamp is late.
Plan a meeting titled 'Lamp day', with the text Bring your lamps. Ask Dr. Huber whether 5. May suits him.
- Never write to Nils.
The page is https://Example.com/Board/aBc?x=Y and the word is MacBook."""
TO = {"to": ["lea@example.com"]}
OWN_BOX = replace(SEND, effect=Effect.WRITE)


def text_goes(text: str, asked: str = ASKED) -> bool:
    return goes({**TO, "text": text}, instruction=asked)


def name_goes(name: str, asked: str = ASKED) -> bool:
    return goes({**TO, "title": name}, instruction=asked)


@pytest.mark.parametrize(
    "text",
    [
        "lunch is at one.", "lunch is at one", "Pay Max, not Anna.", "The shop opens at nine", "the lamp is late.",
        "Bring your lamps.", "Do not say that we are closed.", "MacBook", "Ask Dr. Huber whether 5. May suits him.",
        "Pay Max, not Anna. Do not say that we are closed.", "Lamp day", "- Never write to Nils.",
        "Never write to Nils.",
        "The page is https://Example.com/Board/aBc?x=Y and the word is MacBook.",
        "Pay Max, not Anna. Do not say that we are closed.\nPost “The shop opens at nine” in general, then write to"
        " Bob: the lamp is late.",
    ],
)  # fmt: skip
def test_whole_stretches_go(text: str) -> None:
    assert text_goes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pay Max", "Pay Anna, not Max.", "Pay Max.", "Anna", "not Anna", "we are closed", "we are closed.", "to Nils",
        "write to Nils", "Lunch is at one.", "LUNCH IS AT ONE", "lunch is at", "is at one", "one. Pay Max, not Anna.",
        "lunch is at one.\nlunch is at one.", "Pay Max, not Anna.\nlunch is at one.", "lunch\nis at one", "Ask Dr.",
        "lunch is at one. ", " lunch is at one.", "lunch is at one.\n", "lunch  is at one.", "lunch\u00a0is at one.",
        "May suits him.", "the lamp is late. Plan a meeting", "The shop opens at nine in general", "macbook", "not",
        "The page is https://Example.com/board/abc?x=y and the word is MacBook.", "lunchisatone", "Lunch is at one!",
    ],
)  # fmt: skip
def test_nothing_else_goes(text: str) -> None:
    assert not text_goes(text)


@pytest.mark.parametrize("name", ["Lamp day", "lunch", "lamp", "the lamp", "MacBook", "shop opens at nine"])
def test_names_are_phrases(name: str) -> None:
    assert name_goes(name)


@pytest.mark.parametrize(
    "name",
    ["lamp Day", "Lunch", "lunch lamp", "day Lamp", "Max", "Pay Max", "Anna", "late Plan", "lam", "one. Pay", "we are",
     "Lamp day Lamp day", "word is MacBook is"],
)  # fmt: skip
def test_no_other_names_go(name: str) -> None:
    assert not name_goes(name)


def test_what_only_the_owner_sees_may_have_capitals_of_a_heading_and_no_others() -> None:
    asked = "Plan the family reunion with Grandma for lea@example.com"
    for name, fine in (
        ("Family Reunion", True),
        ("Family reunion", True),
        ("FAMILY reunion", False),
        ("fAmily", False),
    ):
        assert goes({"title": name, **TO}, instruction=asked, capability=OWN_BOX) is fine
        assert goes({"title": name, **TO}, instruction=asked) is False


def test_each_stretch_is_used_once_in_a_call() -> None:
    assert goes({**TO, "title": "Lamp day", "text": "Bring your lamps."}, instruction=ASKED)
    assert not goes({**TO, "title": "Lamp day", "text": "Lamp day"}, instruction=ASKED)
    assert goes({**TO, "title": "Lamp day", "text": "Lamp day"}, instruction=f"{ASKED} Call it 'Lamp day'.")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("Sag lea@example.com nicht, dass wir zu haben.", "wir zu haben."),
        ("Ne dis pas à lea@example.com que nous sommes fermés.", "nous sommes fermés."),
        ("No digas a lea@example.com que estamos cerrados.", "estamos cerrados."),
        ("Nie pisz do lea@example.com, że mamy zamknięte.", "mamy zamknięte."),
        ("Не пиши lea@example.com, что мы закрыты.", "мы закрыты."),
        ("Never write “we are closed” to lea@example.com.", "we are closed"),
        ("lea@example.com に「閉店です」と書かないでください。", "閉店です"),
    ],
)
def test_a_part_counts_for_nothing_where_the_rest_turns_it_round(asked: str, part: str) -> None:
    assert not text_goes(part, asked)
    assert text_goes(asked, asked)


def test_in_a_link_only_the_host_has_no_case() -> None:
    for url, fine in (
        ("https://Example.com/Board/aBc?x=Y", True),
        ("https://example.com/Board/aBc?x=Y", True),
        ("https://EXAMPLE.COM/Board/aBc?x=Y", True),
        ("https://example.com/board/aBc?x=Y", False),
        ("https://example.com/Board/abc?x=Y", False),
        ("https://example.com/Board/aBc?x=y", False),
    ):
        assert goes({**TO, "url": url}, instruction=ASKED) is fine
        any_words = {"text": {"words": "any"}}
        assert goes({**TO, "text": f"Look at {url} today"}, instruction=ASKED, limits=any_words) is fine


LONG = " ".join(
    f"Please tell colleague {n} that item {n} of the list is ready, and write: we meet in hall {n}b."
    for n in range(40)
)


def test_how_much_a_text_of_the_persons_own_words_can_carry() -> None:
    """Every text that goes is one of these: a hijacked model chooses one, which is so many bits and no more."""
    own = Stretches(LONG)
    words = LONG.split()
    cuts = [
        at
        for at in range(len(LONG) + 1)
        if at in (0, len(LONG)) or " " in LONG[at - 1 : at + 1] or LONG[at - 1] == "."
    ]
    texts = {LONG[start:end] for n, start in enumerate(cuts) for end in cuts[n + 1 : n + 60]}
    free = [one for one in texts if next(own.stretches(one), None)]
    assert 40 < len(free) < len(words) * 4
    assert log2(len(free)) < 12  # bits
    names = [one for one in texts if next(own.phrases(one), None)]
    assert len(words) < len(names) < len(words) * 8 + len(free)
    assert log2(len(names)) < 13


@given(st.permutations(["we", "meet", "in", "the", "large", "room", "at", "nine"]))
def test_in_another_order_they_are_not_the_persons(words: list[str]) -> None:
    said, asked = " ".join(words), "Write to lea@example.com: we meet in the large room at nine"
    assert text_goes(said, asked) is (said == "we meet in the large room at nine")


@given(st.lists(st.booleans(), min_size=26, max_size=26))
def test_in_another_case_they_are_not_the_persons(upper: list[bool]) -> None:
    written = "we meet in the large rooms"
    said = "".join(one.upper() if up else one for one, up in zip(written, upper, strict=True))
    assert text_goes(said, f"Write to lea@example.com: {written}") is (said == written)


def test_lines_are_no_way_round_it() -> None:
    parts = ["lunch is at one.", "Pay Max, not Anna.", "the lamp is late."]
    assert not [one for n in (2, 3) for one in permutations(parts, n) if text_goes("\n".join(one))]
    assert [one for n in (2, 3) for one in permutations(parts, n) if text_goes(" ".join(one))] == [
        tuple(parts[:2])
    ]
