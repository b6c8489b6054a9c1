"""Files for spreadsheets: one writer in the house. ``test_doors`` looks for a formula in every table that leaves it."""

import re

import pytest

from portal import download
from tests.test_architecture import MODULES, name_of

HOSTILE = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "--1", "-1e5", "=")


@pytest.mark.parametrize("cell", HOSTILE)
def test_what_begins_as_a_formula_is_text(cell: str):
    class Named:
        def __str__(self) -> str:
            return cell

    for written in (cell, Named()):
        assert download.harmless(written) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Mia", "-12", "-0.125", -3, 1.5, None, True, "a=b", "2026-11-29"])
def test_everything_else_stays(cell: object):
    assert download.harmless(cell) == cell


def test_only_one_module_writes_tables():
    writes = re.compile(r"csv\.(writer|DictWriter)\b|content_type=.*text/csv|from csv import")
    assert {name_of(path) for path in MODULES if writes.search(path.read_text())} == {"portal.download"}
