"""What the memory's tables hold about a person: an erasure deletes it."""

from agents.connectors.memory.capabilities import LINE_DAYS
from portal.personal_data import PersonalData, Table, deleted

PERSONAL_DATA = PersonalData(
    "Notes",
    (
        Table(
            "notes",
            "memory.MemoryNote",
            ("person",),
            "What your agents noted in your tasks, and what you added.",
            "Deleted.",
            deleted,
            hide=("key",),
            time="As many days as its grant says, and a year at most.",
        ),
        Table(
            "dream-lines",
            "memory.DreamLine",
            ("person",),
            "Changes to your notes that your agents proposed.",
            "Deleted.",
            deleted,
            hide=("key",),
            time=f"{LINE_DAYS} days.",
        ),
    ),
    written={"memory.MemoryNote": ("text",), "memory.DreamLine": ("text",)},
)
