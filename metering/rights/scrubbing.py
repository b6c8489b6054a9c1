"""A name and an e-mail taken out of every text of the database, whoever wrote it; the trail alone keeps them.

The tables say themselves (``Part``) what becomes of a person's own rows. This is for what others wrote about them
and for names that were copied: every column that holds text, found in the database's own catalogue.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from metering.rights.rekeying import to_no_one

TRAIL = "portal_entry"  # append-only and chained: documented in docs/impact-assessment.md
KEPT = (TRAIL, "django_migrations", "django_content_type", "auth_permission", "django_session")

COLUMNS = """
    SELECT c.relname, a.attname, t.typname,
           CASE WHEN t.typname = 'varchar' AND a.atttypmod > 4 THEN a.atttypmod - 4 END
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND t.typname IN ('text', 'varchar', 'bpchar', 'jsonb', 'json')
    ORDER BY 1, 2
"""


def columns() -> list[tuple[str, str, str, int | None]]:
    """Table, column, type and length (None: any) of every text in the database; partitions by their parent."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return list(cursor.fetchall())


def pattern(names: Iterable[str], emails: Iterable[str]) -> str:
    """PostgreSQL's expression for whole occurrences. A name of one short word is too common to be taken out of
    what others wrote; where it was copied as a name it is the whole text and is found."""
    alternatives = [rf"(?<![\w.+-]){_quoted(email)}(?![\w-])" for email in emails]
    for name in names:
        quoted = _quoted(name)
        alternatives += [f"^{quoted}$", f'(?<="){quoted}(?=")']
        if " " in name or len(name) >= 12:
            alternatives.append(rf"(?<!\w){quoted}(?!\w)")
    return "|".join(alternatives)


def scrub(names: Iterable[str], emails: Iterable[str], alias: str) -> int:
    """Put ``alias`` in their place everywhere but in the trail. How many rows changed. Each table is read once."""
    found = pattern(names, emails)
    changed = 0
    with transaction.atomic(), to_no_one(), connection.cursor() as cursor:
        for table, group in groupby(columns(), key=itemgetter(0)):
            if table in KEPT:
                continue
            texts = list(group)
            new = ", ".join(f'"{column}" = {_new(column, kind, length)}' for _, column, kind, length in texts)
            where = " OR ".join(f"{_text(column)} ~* %s" for _, column, *_ in texts)
            values = [found, alias] * len(texts) + [found] * len(texts)
            cursor.execute(f'UPDATE "{table}" SET {new} WHERE {where}', values)  # noqa: S608
            changed += cursor.rowcount
    return changed


def _new(column: str, kind: str, length: int | None) -> str:
    new = f"regexp_replace({_text(column)}, %s, %s, 'gi')"
    new = f"left({new}, {length})" if length else new
    return f"({new})::{kind}" if kind in {"jsonb", "json"} else new


def _text(column: str) -> str:
    return f'"{column}"::text'


def _quoted(text: str) -> str:
    return re.sub(r"([^\w\s@])", r"\\\1", text)
