"""An invoice's lines as they are written: days, amounts, currencies, and what is refused rather than guessed. Pure."""

import pytest

from metering.usage import invoices
from metering.usage.invoices import Habits, Tolerance
from portal.org_chart.sheet import Unreadable

HEAD = "day,provider,model,cost\n"
DAY = "2026-11-02"


def read(text: str, **habits) -> list[tuple]:
    found = invoices.read(text, Habits(**habits))
    assert not found.bad, found.bad
    return [(str(cell.day), cell.provider, cell.model, cost) for cell, cost in found.costs.items()]


@pytest.mark.parametrize(
    ("text", "habits"),
    [
        (
            "\ufeffUsage Date;Vendor;Model Name;Amount EUR\n02.11.2026;OpenAI;gpt-4o;€1.234,50\n",
            {"currency": "EUR"},
        ),
        ("date\tmodel_id\tcost_usd\n2026-11-02T00:00:00Z\tGPT-4o\t$1,234.50\n", {"provider": "openai"}),
        ('day,vendor,sku,total\n11/02/2026,openai,gpt-4o,"1,234.50 USD"\n\n', {"us_dates": True}),
        ("day;provider;model;cost\n2026/11/02;openai;gpt-4o;1234.5\n", {}),
        ("day;provider;model;cost\n20261102;openai;gpt-4o;1’234.50\n", {}),
    ],
)
def test_it_is_read_as_it_is_written(text, habits):
    assert read(text, **habits) == [("2026-11-02", "openai", "gpt-4o", 1_234_500_000)]


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("0", 0),
        ("-0.5", -500_000),
        ("(0,5)", -500_000),
        ("1.5e-05", 15),
        ("0,125", 125_000),
        ("1.000.000", 10**12),
    ],
)
def test_amounts(amount, micros):
    assert read(f"day;provider;model;cost\n2026-11-02;openai;gpt-4o;{amount}\n")[0][3] == micros


def test_an_amount_that_could_be_two_is_none_until_it_is_said():
    text = "day;provider;model;cost\n2026-11-02;openai;gpt-4o;1.234\n"
    assert "--decimal" in invoices.read(text).bad[0][1]
    assert [read(text, decimal=sign)[0][3] for sign in ".,"] == [1_234_000, 1_234_000_000]
    assert invoices.read("day;provider;model;cost\n2026-11-02;o;g;1,23,4\n").bad


@pytest.mark.parametrize(
    ("amount", "micros"),
    [
        ("1.234", 1_234_000),
        ("1,234.5", 1_234_500_000),
        ("1,234,567", 1_234_567_000_000),
        ("USD 0.5", 500_000),
    ],
)
def test_in_a_file_of_commas_a_point_stands_before_the_cents(amount, micros):
    assert read(f'{HEAD}2026-11-02,o,g,"{amount}"\n')[0][3] == micros


@pytest.mark.parametrize("amount", ["0,123", "1,234", "0,5", "001,234", "0,123,456", "01,234.50"])
def test_in_a_file_of_commas_a_lone_comma_is_never_guessed(amount):
    ((_, why),) = invoices.read(f'{HEAD}2026-11-02,o,g,"{amount}"\n').bad
    assert "--decimal" in why
    with_points = invoices.read(f'{HEAD}2026-11-02,o,g,"{amount}"\n', Habits(decimal="."))
    assert bool(with_points.bad) == (amount != "1,234"), "groups of thousands do not begin with 0"


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_end_as_they_like(end):
    assert read(f"day,provider,model,cost{end}2026-11-02,o,g,5{end}") == [("2026-11-02", "o", "g", 5_000_000)]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_of_another_age_is_none(day):
    assert "no day" in invoices.read(f"{HEAD}{day},o,g,5\n").bad[0][1]


def test_tolerances():
    assert Tolerance.parsed("1.5%").micros(-200) == 3
    assert Tolerance.parsed(" 0.01 ").micros(5) == 10_000
    for wrong in ("", "-1", "1 EUR", "%"):
        with pytest.raises(ValueError, match="amount"):
            Tolerance.parsed(wrong)
    with pytest.raises(Unreadable):
        invoices.read("\n\n")


@pytest.mark.parametrize("amount", ["€5.00", "EUR 5.00", "5.00 eur", "CHF5", "5 Mio"])
def test_an_amount_in_another_currency_is_refused(amount):
    ((line, why),) = invoices.read(f"{HEAD}{DAY},openai,gpt-4o,{amount}\n").bad
    assert (line, f"“{amount}” names " in why, "the ledger is kept in USD" in why) == (2, True, True)


def test_a_column_may_say_the_currency():
    text = f"day,provider,model,cost,currency\n{DAY},o,g,5,usd\n{DAY},o,g,5,EUR\n{DAY},o,g,1,\n"
    found = invoices.read(text)
    assert list(found.costs.values()) == [6_000_000]
    assert found.bad == [(3, "It is in EUR, and the ledger is kept in USD.")]
