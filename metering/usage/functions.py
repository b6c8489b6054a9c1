"""The ledger's functions in PostgreSQL, which migrations load. Changing one needs a migration that loads it again."""

from pathlib import Path

from metering.usage.row import COLUMNS, sql_type

FOLDER = Path(__file__).parent / "sql"


def function(name: str) -> str:
    """``CREATE OR REPLACE FUNCTION …``, with the ledger's columns where it names them."""
    typed = ", ".join(f"{column} {sql_type(column)}" for column in COLUMNS)
    text = (FOLDER / f"{name}.sql").read_text()
    return text.replace("{columns}", ", ".join(COLUMNS)).replace("{typed}", typed)
