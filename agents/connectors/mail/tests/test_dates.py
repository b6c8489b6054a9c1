"""When a mail was written, as programs say it: by the standard, and in ways that it forbids."""

import pytest

from agents.connectors.mail.heads import head


@pytest.mark.parametrize(
    "written",
    [
        "Mon, 03 Mar 2025 10:00:00 +0000",
        "Mon, 3 Mar 2025 11:00:00 +0100 (CET)",
        "Mon, 03 Mar 2025 10:00:00.123 +0000",
        "Mon,3 Mar 2025 11:00:00+0100",
        "(Mon) 3 Mar 2025 10:00 +0000",
        "2025-03-03T10:00:00Z",
        "Mo, 3 Mär 2025 11:00:00 +0100",
        "Mo., 3. März 2025 11:00:00 +0100",
        "lun., 3 mars 2025 11:00:00 +0100",
        "lun, 03 mar 2025 11:00:00 +0100",
        "=?utf-8?Q?Mon,_3_Mar_2025_10:00:00_+0000?=",
    ],
)
def test_one_moment_in_many_forms(written: str) -> None:
    for charset in ("utf-8", "latin-1"):
        assert head(f"Date: {written}\n\n".encode(charset)).date == "2025-03-03T10:00:00+00:00"


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59+00:00"),
        ("Do, 5 Okt 2023 10:00:00 +0200", "2023-10-05T08:00:00+00:00"),
        ("mar., 5 août 2025 10:00:00 +0000", "2025-08-05T10:00:00+00:00"),
        ("Mon, 31 Feb 2025 10:00:00 +0000", None),
        ("03/04/2025 10:00", None),  # of March or of April
        ("Mon, 3 Foo 2025 10:00:00 +0000", None),
    ],
)
def test_what_can_be_told_and_what_not(written: str, date: str | None) -> None:
    assert head(f"Date: {written}\n\n".encode()).date == date
