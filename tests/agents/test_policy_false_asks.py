"""What asked for nothing: numbers in words, a page without its scheme, a call that is needed once more."""

from decimal import Decimal

import pytest

from agents.policy.language.amounts import numbers
from agents.policy.language.links import holds_code
from tests.agents.tainted import goes


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Buy two of them please", 2),
        ("Kaufe zwei davon, bitte", 2),
        ("Achète deux lampes", 2),
        ("Compra dos lámparas para mi casa", 2),
        ("Compra due lampade per la casa", 2),
        ("Compre duas lâmpadas", 2),
        ("Koop twee lampen voor mijn huis", 2),
        ("Pay twenty-five", 25),
        ("zweiundzwanzig Stück bitte", 22),
        ("vinte e cinco para o João com a Ana", 25),
        ("treinta y cinco por favor", 35),
        ("vijfentwintig lampen", 25),
        ("vingt-cinq lampes", 25),
    ],
)
def test_a_number_in_words_is_the_persons_amount(text: str, number: int) -> None:
    assert numbers(text) == {Decimal(number)}


@pytest.mark.parametrize(
    "text",
    [
        "once upon a time the mail is due",
        "Das sei dem Chef recht und nicht der Post",
        "in two weeks",
        "two percent",
        "page two",
        "at two o'clock",
        "between two and four weeks",
        "two hundred euros",
        "deux cents euros",
        "two-thirds of it",
        "one of them",
        "twofold",
    ],
)
def test_a_number_in_words_that_is_no_amount_is_none(text: str) -> None:
    assert not numbers(text)


@pytest.mark.parametrize(
    ("written", "value", "trusted"),
    [
        ("example.com/board", "http://example.com/board", True),
        ("www.example.com", "https://www.example.com", True),
        ("https://example.com/board", "example.com/board", False),
        ("http://example.com/board", "http://example.com/board", True),
        ("https://example.com/board", "http://example.com/board", False),
        ("example.com/board", "ftp://example.com/board", False),
        ("example.com/board", "http://example.com", False),
        ("example.com/board", "http://example.com/board/x", False),
        ("example.com/board", "http://lea@example.com/board", False),
        ("the board", "http://board", False),
    ],
)
def test_a_page_may_be_written_without_its_scheme(written: str, value: str, trusted: bool) -> None:
    assert goes({"url": value}, instruction=f"Post it on {written}, please.") is trusted


@pytest.mark.parametrize(
    "text", ["In 2024 all went well.", "2024", "Two fairs: 2019, and then the one of 2024."]
)
def test_a_year_is_no_code(text: str) -> None:
    assert not holds_code(text)


@pytest.mark.parametrize(
    "text", ["2024 1987", "1984 20 25", "20245", "2024-1987", "#2024", "4711", "19 2024", "20 24"]
)
def test_what_may_be_more_than_a_year_may_be_a_code(text: str) -> None:
    assert holds_code(text)


def test_years_are_counted_as_dates_are() -> None:
    assert holds_code(" and ".join(str(1990 + one) for one in range(13)))


def test_the_persons_own_address_goes_into_a_form() -> None:
    asked = {"url": "https://example.com/board", "text": "Mia@example.com"}
    assert goes(asked, own=["mia@example.com"])
    assert not goes(asked)
    assert not goes({**asked, "text": "mia@example.com.evil"}, own=["mia@example.com"])
    assert not goes({**asked, "text": "mia@example.com says hello"}, own=["mia@example.com"])
