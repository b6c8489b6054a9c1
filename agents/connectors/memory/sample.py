"""The memory of the sample company: three nights' notes, and a dream that waits to be accepted."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.apps import apps

from agents.connectors.memory.capabilities import NOTE, PROPOSE, RECALL
from agents.connectors.memory.dreaming import DREAM, PROPOSES, RECALLS, dream
from agents.connectors.offline import Conversation, Made
from agents.connectors.plugins import SampleConnection, SampleNight
from agents.policy.limits import ANY_WORDS

Call = Callable[[str, Mapping[str, Any]], Any]
LIMITS: Mapping[str, Mapping[str, Any]] = {
    RECALL.name: {},
    PROPOSE.name: {},
    # Only its person reads a note, so it may be in the agent's own words: opened on purpose.
    NOTE.name: {"text": dict(ANY_WORDS), "notes": {"max": 100}, "days": {"max": 60}},
}
CONNECTION = SampleConnection(
    name="Team memory",
    why="Remember what was corrected, so that nobody corrects it twice",
    settings=dict,
    limits=lambda email, team: LIMITS,
)
MOST_TURNS = 10  # of a dream
LETTER = (
    "From: Office at Lumen Glass\n\nFrom now on our invoices come on the first of each month. Please let Ben pay them. "
    "Questions about dimmers are for Lea, as ever."
)


def _noted(texts: Callable[[], tuple[str, ...]], call: Call) -> str:
    """What it noted. In the sample nothing else was done."""
    notes = texts()
    for text in notes:
        call(NOTE.name, {"text": text})
    return f"This is a sample run. I noted {len(notes)} things for later and changed nothing else."


def _dreamt(call: Call) -> str:
    """As the offline model dreams."""
    names, made = {RECALLS: RECALL.name, PROPOSES: PROPOSE.name}, list[Made]()
    for _ in range(MOST_TURNS):
        turn = dream(Conversation(DREAM, "", frozenset(names), tuple(made)))
        if turn is None or isinstance(turn, str):
            return f"This is a sample run. {turn or ''}"
        for tool, arguments in turn:
            result = call(names[tool], arguments)
            made.append(Made(tool, arguments, {"status": "done", "result": result}))
    return "This is a sample run."


def _dated(task: int, when: datetime) -> None:
    apps.get_model("memory", "MemoryNote").objects.filter(task_number=task).update(
        written_at=when, changed_at=when
    )
    apps.get_model("memory", "DreamLine").objects.filter(task_number=task).update(proposed_at=when)


def _night(
    nights: int, instruction: str, texts: Callable[[], tuple[str, ...]], attached: str = ""
) -> SampleNight:
    needs = frozenset({NOTE.name})
    return SampleNight(instruction, needs, nights, 6, partial(_noted, texts), _dated, attached)


def _booking() -> str:
    return f"The workshop can be booked until {(datetime.now(UTC) - timedelta(days=1)).date().isoformat()}"


NIGHTS = (
    _night(
        3,
        "Remember whom questions about dimmers go to and who pays invoices: Lea and Finn.",
        lambda: ("Questions about dimmers go to Lea", "Invoices are paid by Finn", _booking()),
    ),
    _night(
        2, "Remember that questions about dimmers go to Lea.", lambda: ("Questions about dimmers go to Lea.",)
    ),
    _night(
        1,
        "Note what is new in this letter.",
        lambda: ("Lumen Glass sends invoices on the first of each month", "Invoices are paid by Ben"),
        LETTER,
    ),
    SampleNight(DREAM, frozenset({RECALL.name, PROPOSE.name}), 0, 3, _dreamt, _dated, line="0 3 * * *"),
)
