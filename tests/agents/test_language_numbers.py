"""Which amounts a text holds, in digits and in words, and what is a date, a code or a count instead."""

from decimal import Decimal

import pytest

from agents.policy.language.amounts import numbers, read_number
from agents.policy.language.numerals import in_digits, language


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2200", "2200"), ("0", "0"), ("98.70", "98.70"), ("98,7", "98.7"), ("1,200.50", "1200.50"),
        ("1.200,50", "1200.50"), ("1'200", "1200"), ("1’200", "1200"), ("1'200.5", "1200.5"), ("1’200.5", "1200.5"),
        ("1,200,000", "1200000"), ("1.200.000", "1200000"), ("1'200'000", "1200000"), ("0.5", "0.5"),
        ("0,500", "0.500"), ("1234,567", "1234.567"), ("9" * 20, "9" * 20),
    ],
)  # fmt: skip
def test_a_number_that_reads_one_way(text: str, number: str):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "1,200",
        "1.200",
        "007",
        "00",
        "",
        ".",
        "1,,2",
        "1,2,3",
        "1.2.3",
        "9" * 21,
        "1,200.5.5",
        "a",
        "12a",
        "1,20.50",
    ],
)
def test_a_number_that_reads_two_ways_or_none(text: str):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pay 1500 for it", "1500"), ("Pay $98.70.", "98.70"), ("Pay 5, please", "5"),
        ("Pay 5 euros and 7 more", "5 7"),
        ("Pay 2024 euros", "2024"), ("Paid in 2024", ""), ("Paid in 2024, now pay 5", "5"), ("Paid since 1999", ""),
        ("Paid in 2100", "2100"),
        ("Pay 3%", ""), ("in 3 days", ""), ("on 3 May", ""), ("May 3", ""), ("invoice 4711", ""), ("room 12", ""),
        ("a1", ""), ("1a", ""), ("1/2", ""), ("12:30", ""), ("12 34", ""), ("3rd", ""), ("1,200", ""), ("٣", ""),
        ("5 to 7 May", ""), ("pay 3\u0301", ""),
        ("pay twenty-two euros", "22"), ("pay twenty-one euros", ""), ("x " * 40 + "7", "7"),
    ],
)  # fmt: skip
def test_what_is_part_of_a_date_a_share_or_a_code_is_no_amount(text: str, found: str):
    assert numbers(text) == {Decimal(one) for one in found.split()}


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("two eggs", "2 eggs"), ("Nineteen eggs", "19 eggs"), ("twenty eggs", "20 eggs"), ("ninety-nine", "99"),
        ("thirty one-eyed", "30 one-eyed"), ("forty two", "42"), ("zweiundzwanzig", "22"), ("vingt-deux", "22"),
        ("soixante-dix", "70"), ("quatre-vingt", "80"), ("treinta y dos", "32"), ("ventidue", "22"),
        ("vinte e dois", "22"), ("duas", "2"), ("tweeëntwintig", "22"), ("drieentwintig", "23"), ("one", "one"),
        ("hundred", "hundred"), ("seven five", "seven five"), ("five, seven", "5, 7"),
        ("seven five opens it, take nine", "seven five opens it, take 9"), ("two-tier", "two-tier"),
        ("nine and seven and five", "9 and 7 and 5"), ("none", "none"), ("", ""),
    ],
)  # fmt: skip
def test_numbers_in_words_become_digits(text: str, digits: str):
    assert in_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("send the six of them", "send the 6 of them"), ("six pour le chat", "6 pour le chat"), ("six", "six"),
        ("the elf is for you", "the elf is for you"), ("elf und der Rest", "11 und der Rest"),
        ("pay once for the job", "pay once for the job"), ("once para el equipo", "11 para el equipo"),
        ("due to the rain", "due to the rain"), ("due per la casa", "2 per la casa"),
    ],
)  # fmt: skip
def test_a_word_of_two_meanings_counts_in_the_language_of_its_text(text: str, digits: str):
    assert in_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "its"),
    [
        ("send the mail to the team", "en"), ("der Brief ist für mich", "de"), ("le chat est sur la table", "fr"),
        ("los gatos y las casas", "es"), ("il gatto della casa è mio", "it"), ("o gato da casa é meu", "pt"),
        ("het huis van mijn", "nl"), ("xyz", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_text_has_the_language_of_most_of_its_telling_words(text: str, its: str):
    assert language(text) == its
