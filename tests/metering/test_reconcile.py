"""``manage.py reconcile``: an invoice beside the ledger; what cannot be read is named by its line."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from metering.usage import invoices
from metering.usage.invoices import Habits, Tolerance
from portal.people.sheet import Unreadable
from tests.metering.builders import today, used

HEAD = "day,provider,model,cost\n"


@pytest.fixture
def reconcile(tmp_path, capsys):
    """Run it on ``text``: its exit code and what it said."""

    def run(text: str, *options: str) -> tuple[int, str, str]:
        file = tmp_path / "invoice.csv"
        file.write_text(text)
        try:
            call_command("reconcile", str(file), *options)
        except SystemExit as end:
            return int(end.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return run


def test_what_agrees_agrees(cast, reconcile):
    used(cast.mia, cast.support)
    used(cast.lea, cast.support)
    used(cast.lea, cast.support, on=today() - timedelta(days=1))
    code, said, _ = reconcile(f"{HEAD}{today()},OpenAI,GPT-4o,0.003\n{today()},openai,gpt-4o,0.002\n")
    assert code == 0
    assert "1 day and model compared, 0 differences" in said


def test_each_difference_has_a_line_and_the_exit_code_says_so(cast, reconcile):
    used(cast.mia, cast.support, input_tokens=1_000_000)
    used(cast.mia, cast.support, model="openai:house")
    used(
        cast.mia, cast.support, model="anthropic:claude-haiku-4-5", input_tokens=1_000_000
    )  # not of this invoice
    code, said, _ = reconcile(f"{HEAD}{today()},openai,gpt-4o,2.40\n{today()},openai,gpt-5,1\n")
    assert code == 1
    lines = [line for line in said.splitlines() if line.startswith(str(today()))]
    assert [" ".join(line.split()) for line in lines] == [
        f"{today()} openai:gpt-4o $2.40 $2.50 −$0.10",
        f"{today()} openai:gpt-5 $1.00 nothing $1.00",
    ]
    assert "3 days and models compared, 2 differences" in said
    assert reconcile(f"{HEAD}{today()},openai,gpt-4o,2.40\n", "--tolerance", "5%")[0] == 0
    assert reconcile(f"{HEAD}{today()},openai,gpt-4o,2.40\n", "--tolerance", "0.1")[0] == 0
    assert reconcile(f"{HEAD}{today()},openai,gpt-4o,2.40\n", "--tolerance", "4%")[0] == 1


def test_what_is_not_priced_is_said(cast, reconcile):
    used(cast.mia, cast.support, model="openai:house")
    code, said, _ = reconcile(f"{HEAD}{today()},openai,house,3\n", "--json")
    assert code == 1
    (found,) = json.loads(said)["differences"]
    assert (found["difference_micros"], found["ledger_micros"], found["calls_not_priced"]) == (
        3_000_000,
        0,
        1,
    )


def test_lines_that_cannot_be_read_are_named_and_the_others_compared(db, reconcile):
    code, said, wrong = reconcile(
        f"{HEAD}yesterday,openai,gpt-4o,1\n{today()},openai,,1\n{today()},openai,gpt-4o,x1x\n{today()},a\n"
    )
    assert code == 1
    assert "0 days and models" in said
    assert [line.split(":")[0] for line in wrong.splitlines()] == ["Line 2", "Line 3", "Line 4", "Line 5"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column for day, provider, model, cost"),
        ("day,model,cost\n", "--provider"),
        ("day,date,provider,model,cost\n", "Several columns are the day"),
        ("PK\x03\x04", "spreadsheet"),
    ],
)
def test_a_file_that_is_no_invoice_says_what_is_missing(db, reconcile, text, words):
    with pytest.raises(CommandError, match=words):
        reconcile(text)


def test_a_wrong_option_or_file_is_a_sentence(db, reconcile, tmp_path):
    with pytest.raises(CommandError, match="A tolerance is an amount"):
        reconcile(HEAD, "--tolerance", "much")
    with pytest.raises(CommandError, match="No such file"):
        call_command("reconcile", str(tmp_path / "none.csv"))


def read(text: str, **habits) -> list[tuple]:
    found = invoices.read(text, Habits(**habits))
    assert not found.bad, found.bad
    return [(str(cell.day), cell.provider, cell.model, cost) for cell, cost in found.costs.items()]


@pytest.mark.parametrize(
    ("text", "habits"),
    [
        ("\ufeffUsage Date;Vendor;Model Name;Amount EUR\n02.11.2026;OpenAI;gpt-4o;1.234,50\n", {}),
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


def test_an_amount_that_could_be_two_is_none_until_it_is_said(db):
    text = "day;provider;model;cost\n2026-11-02;openai;gpt-4o;1.234\n"
    assert "--decimal" in invoices.read(text).bad[0][1]
    assert [read(text, decimal=sign)[0][3] for sign in ".,"] == [1_234_000, 1_234_000_000]
    assert invoices.read("day;provider;model;cost\n2026-11-02;o;g;1,23,4\n").bad


def test_tolerances():
    assert Tolerance.parsed("1.5%").micros(-200) == 3
    assert Tolerance.parsed(" 0.01 ").micros(5) == 10_000
    for wrong in ("", "-1", "1 EUR", "%"):
        with pytest.raises(ValueError, match="amount"):
            Tolerance.parsed(wrong)
    with pytest.raises(Unreadable):
        invoices.read("\n\n")
