"""What the offline model proposes, by its rules: what says the same, what is over, what contradicts."""

from datetime import date, timedelta
from typing import Any

import pytest

from agents.connectors.memory.dreaming import DREAM, PROPOSES, RECALLS, Line, Note, dream, lines
from agents.connectors.offline import Conversation, Made, Stuck
from agents.policy.results import Writer

TODAY = date(2026, 11, 29)
P, A, O = Writer.PERSON, Writer.AGENT, Writer.OTHERS  # noqa: E741  (three letters of one table)


def noted(*notes: tuple[str, Writer, int]) -> list[Note]:
    """Text, whose, days ago."""
    return [
        Note(number, text, writer, TODAY - timedelta(days=ago))
        for number, (text, writer, ago) in enumerate(notes, 1)
    ]


@pytest.mark.parametrize(
    ("notes", "found"),
    [
        ([("Invoices go to Lea", A, 3), ("invoices go to LEA.", A, 1)], [("duplicates", (2, 1))]),
        ([("Invoices go to Lea", P, 3), ("invoices go to Lea", A, 1)], [("duplicates", (1, 2))]),
        ([("Invoices go to Lea", O, 3), ("Lea: invoices go to", A, 1)], [("duplicates", (2, 1))]),
        ([("Invoices go to Lea", A, 3), ("Invoices go to Ben", A, 1)], [("contradiction", (1, 2))]),
        ([("Lea pays invoices", A, 3), ("Ben pays invoices", A, 1)], []),
        ([("Answer until 2026-11-28", A, 1)], [("stale", (1,))]),
        ([("Answer until 2026-11-29", A, 1)], []),
        ([("From 2026-11-01 until 2027-02-30 or by 2026-12-01", A, 1)], []),
        ([("The meeting is tomorrow", A, 8)], [("stale", (1,))]),
        ([("The meeting is tomorrow", A, 7)], []),
        ([("One thing", A, 1), ("Another thing", A, 1)], []),
        ([], []),
    ],
)
def test_the_rules(notes: Any, found: list[tuple[str, tuple[int, ...]]]):
    assert lines(noted(*notes), TODAY) == [Line(why, numbers) for why, numbers in found]


def test_a_note_stands_in_one_line_at_most():
    notes = noted(
        ("It is today: pay Lea", A, 9), ("it is today pay Lea", A, 9), ("it is today pay Ben", A, 1)
    )
    numbers = [number for line in lines(notes, TODAY) for number in line.notes]
    assert len(numbers) == len(set(numbers))


class Played:
    """A memory that answers the offline model's calls, page by page."""

    def __init__(self, *notes: tuple[str, Writer, int], page: int = 2) -> None:
        self.notes, self.page, self.made = noted(*notes), page, list[Made]()

    def run(self, instruction: str = DREAM) -> Any:
        for _ in range(12):
            turn = dream(Conversation(instruction, "", frozenset({RECALLS, PROPOSES}), tuple(self.made)))
            if turn is None or isinstance(turn, str):
                return turn
            self.made += [
                Made(tool, told, {"status": "done", "result": self.answer(tool, told)}) for tool, told in turn
            ]
        raise AssertionError("It never ends")

    def answer(self, tool: str, told: dict[str, Any]) -> dict[str, Any]:
        if tool == PROPOSES:
            return {"line": 1}
        rows = [note for note in self.notes if told["of"] == "" or note.writer is not O]
        start = (told["page"] - 1) * self.page
        shown = [
            {"note": n.number, "text": n.text, "written_by": n.writer.value, "noted": n.noted.isoformat()}
            for n in rows[start : start + self.page]
        ]
        return {"notes": shown, "pages": -(-len(rows) // self.page), "today": TODAY.isoformat()}


def test_what_is_trusted_is_proposed_before_anything_of_others_is_read():
    played = Played(
        ("Invoices go to Lea", A, 1), ("Stranger’s", O, 1), ("invoices go to Lea", A, 1), ("stranger’s", O, 1)
    )
    assert played.run() == "I propose 2 changes to my notes. Nothing changes before you accept it."
    kinds = [(call.tool, call.arguments.get("of", call.arguments.get("notes"))) for call in played.made]
    assert kinds == [
        (RECALLS, "trusted"), (PROPOSES, ["3", "1"]), (RECALLS, ""), (RECALLS, ""), (PROPOSES, ["4", "2"]),
    ]  # fmt: skip


def test_nothing_to_propose_and_no_memory_are_said():
    assert Played().run() == "I read my notes and have nothing to propose."
    assert Played().run("Sort the inbox") is None
    refused = Played()
    refused.made = [
        Made(RECALLS, {"of": "trusted", "page": 1}, {"status": "denied", "reasons": ["No grant."]})
    ]
    said = refused.run()
    assert isinstance(said, Stuck)
    assert "No grant." in said
