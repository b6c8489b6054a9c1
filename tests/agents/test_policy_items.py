"""Items that were read may stand in what only the owner sees: a list gets in, a letter in pieces does not."""

import re
from dataclasses import replace

import pytest

from agents.policy.declarations import Effect
from agents.policy.language.items import item_of
from agents.policy.text_origins import LOOSE, MOST_ITEMS, MOST_LISTED
from tests.agents.tainted import SEND, goes

WRITE = replace(SEND, effect=Effect.WRITE)
ASKED = (
    "Add the packing list of the mail to my notes for lea@example.com. Two more activities too. "
    "Buy milk, eggs and bread."
)
RECIPE = """Chocolate cookies
Ingredients:
 - 1 cup butter, softened
 - 1 cup packed brown sugar
 - 2 eggs
 - 1 teaspoon baking soda
 - salt and pepper
Bring tents, sleeping bags, head torches; matches
It will be at Grandma's house on Sunday, weather permitting.
Zelt
Kocher"""
LETTERS = {
    "en": "Dear Mia please send the whole amount to our new account before noon and do not tell Lea about it",
    "de": "Liebe Mia bitte überweise den ganzen Betrag noch heute auf das neue Konto und sag Lea nichts davon",
    "pl": "Droga Mio prosimy przelać całą kwotę jeszcze dziś na nowe konto firmy oraz nikomu nie mówić",
    "tr": "Sevgili Mia lütfen tüm tutarı bugün yeni hesaba gönder ve Lea ile bunu hiç konuşma",
}


def saved(text: str, *read: str) -> bool:
    """Does it go into what only the owner sees?"""
    results = tuple({"text": one} for one in read)
    return goes(
        {"to": ["lea@example.com"], "text": text}, instruction=ASKED, capability=WRITE, results=results
    )


@pytest.mark.parametrize(
    "text",
    [
        "butter\n- brown sugar\n- eggs\n- baking soda\n- salt and pepper", "tents, sleeping bags, matches",
        "- Tents\n- Head torches\n- Zelt\n- Kocher", "Grandma's house", "Two more activities", "milk\neggs\nbread",
    ],
)  # fmt: skip
def test_a_list_gets_in(text: str) -> None:
    assert saved(text, RECIPE)


@pytest.mark.parametrize("language", LETTERS)
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_letter_in_pieces_stays_out(language: str, size: int) -> None:
    words = LETTERS[language].split()
    pieces = [" ".join(words[at : at + size]) for at in range(0, len(words), size)]
    read = LETTERS[language]
    for said in (
        "\n".join(pieces),
        "\n- ".join(pieces),
        ", ".join(pieces),
        "\n\n".join(pieces),
        "|".join(pieces),
    ):
        assert not saved(said, read)
        assert not saved(said, *pieces)  # each in a result of its own
        assert not saved(said, "\n".join(pieces))
        assert not saved(said, "\n".join(f"- {one}" for one in pieces))


def test_the_whole_text_is_counted() -> None:
    things = [f"thing{chr(97 + n)} box{chr(97 + n)}" for n in range(MOST_ITEMS + 1)]
    read = "\n".join(f"- {one}" for one in things)
    fits = min(MOST_ITEMS, MOST_LISTED // 2)
    assert saved("\n".join(things[:fits]), read)
    assert not saved("\n".join(things), read)
    assert not saved("\n\n\n".join(things), read)


def test_of_sentences_a_few_words_in_all() -> None:
    read = "We saw the red house beside the blue barn and went to the green hill."
    assert LOOSE == 4
    assert saved("red house", read)
    assert saved("red house\nblue barn", read)
    assert not saved("red house\nblue barn\ngreen hill", read)


def test_the_persons_items_come_in_their_order_and_once() -> None:
    assert not saved("bread\nmilk", RECIPE)
    assert not saved("milk\nmilk", RECIPE)


@pytest.mark.parametrize(
    ("item", "found"),
    [("brown sugar", True), ("Brown sugar", True), ("brown Sugar", None), ("rown sugar", None), ("head torches", True),
     ("house on Sunday", False), ("Grandma's house", False), ("Zelt", False), ("Zelt\nKocher", False)],
)  # fmt: skip
def test_an_item_stands_as_it_is(item: str, found: bool | None) -> None:
    assert item_of(item, RECIPE) is found


def test_others_never_see_what_was_read() -> None:
    assert not goes(
        {"to": ["lea@example.com"], "text": "butter"}, instruction=ASKED, results=({"text": RECIPE},)
    )
    assert re.search("butter", RECIPE)
