"""``manage.py reconcile``: an invoice beside the ledger; what cannot be read is named by its line."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from metering.rollups.models import DayUsage
from metering.rollups.periods import month
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
    code, said, _ = reconcile(f"{HEAD}{today()},OpenAI,GPT-4o,0.003\n{today()},openai,gpt-4o,0.002\n")
    assert code == 0
    assert "1 day and model compared, 0 differences" in said
    whole = month(today())
    assert f"Compared from {whole.first} to {whole.last}." in said


def test_days_that_the_invoice_leaves_out_are_compared_unless_others_are_said(cast, reconcile):
    first, last = month(today()).first, month(today()).last
    other = first if today() != first else last
    used(cast.mia, cast.support, on=first)
    DayUsage.objects.filter(day=first).update(day=other, cost_micros=3_000_000)
    text = f"{HEAD}{today()},openai,gpt-4o,0\n"
    code, said, _ = reconcile(text)
    assert code == 1
    assert " ".join(said.splitlines()[1].split()) == f"{other} openai:gpt-4o nothing $3.00 −$3.00"
    narrow = ("--from", str(today()), "--to", str(today()))
    code, said, _ = reconcile(text, *narrow)
    assert code == 0
    assert f"Compared from {today()} to {today()}." in said
    away = first - timedelta(days=1)
    code, said, wrong = reconcile(text, "--from", str(away), "--to", str(away), "--json")
    assert (code, json.loads(said)["compared"], f"no line from {away} to {away}" in wrong) == (1, 0, True)
    with pytest.raises(CommandError, match="There is no day from"):
        reconcile(text, "--from", "2099-01-01")
    with pytest.raises(CommandError, match="“May” is no day like"):
        reconcile(text, "--to", "May")


def test_an_invoice_without_lines_proves_nothing(cast, reconcile):
    used(cast.mia, cast.support)
    code, said, wrong = reconcile(HEAD)
    assert (code, "Nothing was compared." in said) == (1, True)
    assert wrong == "The invoice has no line below its first: that proves nothing.\n"
    assert json.loads(reconcile(HEAD, "--json")[1])["from"] is None


@pytest.mark.parametrize("column", ["cost_eur", "Amount (€)", "total EUR", "Cost £"])
def test_a_column_in_another_currency_is_refused(db, reconcile, column):
    with pytest.raises(CommandError, match=r"names (EUR|€|£), and the ledger is kept in USD"):
        reconcile(f"day,provider,model,{column}\n{today()},openai,gpt-4o,5\n")


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


@pytest.mark.parametrize("cell", [f'"{"x" * 200_000}"', '"left open'])
def test_a_file_that_csv_cannot_take_is_a_sentence(db, reconcile, cell):
    with pytest.raises(CommandError, match="Line 3 cannot be read"):
        reconcile(f"{HEAD}{today()},openai,gpt-4o,5\n{today()},openai,{cell},5\n")
