"""The security page: each promise and each of OWASP's ten agentic risks has its row, with a test that there is."""

import re

from tests.documents import documents, missing_test

TEXT = documents()["portal/docs/security.md"]
# As the headings of the list name them.
OWASP = [
    "ASI01: Agent Goal Hijack",
    "ASI02: Tool Misuse and Exploitation",
    "ASI03: Identity and Privilege Abuse",
    "ASI04: Agentic Supply Chain Vulnerabilities",
    "ASI05: Unexpected Code Execution (RCE)",
    "ASI06: Memory & Context Poisoning",
    "ASI07: Insecure Inter-Agent Communication",
    "ASI08: Cascading Failures",
    "ASI09: Human-Agent Trust Exploitation",
    "ASI10: Rogue Agents",
]


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    table = re.findall(r"^\|(.+)\|$", TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0], re.M)
    return [[cell.strip() for cell in row.split(" | ")] for row in table[2:]]


def shown_by(row: list[str]) -> list[str]:
    return re.findall(r"`(tests/[\w/]+\.py::\w+)`", row[-1])


def test_the_ten_agentic_risks_are_there_by_their_titles_and_in_order():
    assert [row[0] for row in rows("OWASP Top 10 for Agentic Applications 2026")] == OWASP


def test_every_risk_and_every_promise_names_a_test_that_there_is():
    risks = rows("OWASP Top 10 for Agentic Applications 2026")
    section = TEXT.partition("\n## Promises\n")[2].partition("\n## ")[0]
    promises = [[part.split(".")[0], part] for part in re.split(r"\n(?=\d+\. )", section)[1:]]
    assert [row[0] for row in promises] == [str(number) for number in range(1, 13)]
    for row in (*risks, *promises):
        assert shown_by(row), row[0]
        assert [test for test in shown_by(row) if missing_test(test)] == [], row[0]


def test_no_test_shows_two_risks():
    shown = [test for row in rows("OWASP Top 10 for Agentic Applications 2026") for test in shown_by(row)]
    assert len(shown) == len(set(shown)) >= 10


def test_what_is_not_covered_is_said():
    assert len(re.findall(r"^\*\*\w+", TEXT.partition("\n## What it does not cover\n")[2], re.M)) >= 6
