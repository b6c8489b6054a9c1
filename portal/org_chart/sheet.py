"""Reads an org chart's CSV file: its rows, and for those that cannot be read line and reason. Pure."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal import naming
from portal.people import zones

MAX_ROWS = 5_000

REQUIRED = ("email", "name")
COLUMNS = (*REQUIRED, "manager_email", "team", "team_role", "cost_centre", "roles", "time_zone")
ALIASES = {
    "e_mail": "email",
    "mail": "email",
    "display_name": "name",
    "full_name": "name",
    "manager": "manager_email",
    "manager_e_mail": "manager_email",
    "cost_center": "cost_centre",
    "role": "roles",
    "timezone": "time_zone",
}
LENGTHS = {"email": 254, "name": 120, "team": 80, "cost_centre": 40}
NAMES = ("name", "team", "cost_centre")
TEAM_ROLES = ("member", "lead")
ROLES = ("admin", "auditor", "finance")


class Unreadable(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One line, cleaned: e-mails in small letters, an empty cell is ``""``, ``roles`` sorted."""

    line: int
    email: str
    name: str
    manager: str = ""
    team: str = ""
    team_role: str = ""
    cost_centre: str = ""
    roles: tuple[str, ...] = ()
    time_zone: str = ""


@dataclass(frozen=True)
class Bad:
    """A row that cannot be imported, and why."""

    line: int
    who: str
    why: str


@dataclass(frozen=True)
class Sheet:
    """What the file says. ``notes`` are about the file as a whole."""

    rows: tuple[Row, ...]
    bad: tuple[Bad, ...] = ()
    notes: tuple[str, ...] = ()


def decoded(data: bytes) -> tuple[str, str]:
    """The file's text, and a note when it had to be guessed how to read it. Raises Unreadable."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("This is a spreadsheet. Save it as CSV (UTF-8) and choose that file.")
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        guessed = "The file is not UTF-8; it was read as Windows-1252. Check the names with accents."
        return text, guessed if encoding == "cp1252" else ""
    raise Unreadable("This is not a text file in UTF-8. Save it as CSV (UTF-8) and choose that file.")


def read(text: str) -> Sheet:
    """The rows of a CSV text with a header, separated by comma, semicolon or tab. Raises Unreadable."""
    records = _records(text)
    _, header = next(records, (1, []))
    columns = _columns(header)
    rows: list[Row] = []
    bad: list[Bad] = []
    seen: dict[str, int] = {}
    for line, cells in records:
        if len(rows) + len(bad) == MAX_ROWS:
            raise Unreadable(f"The file has more than {MAX_ROWS:,} rows. Split it, and import part by part.")
        row = _row(line, columns, cells)
        why = _wrong(row, columns, cells)
        if not why and row.email in seen:
            why = f"Line {seen[row.email]} has this e-mail already."
        if why:
            bad.append(Bad(line, row.email or row.name, why))
        else:
            seen[row.email] = line
            rows.append(row)
    if not rows and not bad:
        raise Unreadable("There are no rows below the first line.")
    unread = [name for name in columns if name and name not in COLUMNS]
    notes = [f"Columns that are not read: {', '.join(unread)}."] if unread else []
    return Sheet(tuple(rows), tuple(bad), tuple(notes))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the number of the line on which it begins."""
    head = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = f"From line {line} on this cannot be read ({error}). Is a quotation mark left open there?"
            raise Unreadable(said) from error
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(header: Sequence[str]) -> list[str]:
    names = ["_".join(cell.lower().replace("-", " ").replace("_", " ").split()) for cell in header]
    columns = [ALIASES.get(name, name) for name in names]
    if missing := [name for name in REQUIRED if name not in columns]:
        raise Unreadable(
            f"There is no column {' and no column '.join(missing)}. The first line names the columns: "
            f"{', '.join(COLUMNS)}. Only {' and '.join(REQUIRED)} must be there."
        )
    if twice := [name for name in COLUMNS if columns.count(name) > 1]:
        raise Unreadable(f"The column {twice[0]} is there twice. Take one of them away.")
    return columns


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    given = {
        name: " ".join(unicodedata.normalize("NFC", cell).split())
        for name, cell in zip(columns, cells, strict=False)
    }
    roles = {part for part in re.split(r"[\s,;|/]+", given.get("roles", "").lower()) if part}
    return Row(
        line=line,
        email=given.get("email", "").lower(),
        name=given.get("name", ""),
        manager=given.get("manager_email", "").lower(),
        team=given.get("team", ""),
        team_role=given.get("team_role", "").lower(),
        cost_centre=given.get("cost_centre", ""),
        roles=tuple(sorted(roles)),
        time_zone=given.get("time_zone", ""),
    )


def _wrong(row: Row, columns: Sequence[str], cells: Sequence[str]) -> str:
    """Why the row cannot be imported by itself, ``""`` when it can."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        return f"There are {len(cells)} cells for {len(columns)} columns. Does a value need quotation marks?"
    for name, most in LENGTHS.items():
        value: str = getattr(row, name)
        if len(value) > most or not value.isprintable():
            return f"{name} must be at most {most} characters that can be shown."
    for name in NAMES:
        if why := naming.wrong(getattr(row, name)):
            return f"{name}: {why}"
    roles = [role for role in row.roles if role not in ROLES]
    zone = row.time_zone
    checks = [
        (not row.email, "The e-mail is missing."),
        (not _email(row.email), f"“{row.email}” is not an e-mail address."),
        (not row.name, "The name is missing."),
        (row.manager and not _email(row.manager), f"The manager “{row.manager}” is not an e-mail address."),
        (row.manager == row.email, "A person cannot be their own manager."),
        (row.team_role not in {"", *TEAM_ROLES}, f"“{row.team_role}” is no role in a team: member or lead."),
        (row.team_role and not row.team, "There is a role in a team, but no team."),
        (row.cost_centre and not row.team, "There is a cost centre, but no team."),
        (roles, f"“{', '.join(roles)}” is no role: {', '.join(ROLES)}."),
        (zone and zone not in zones.known(), f"“{zone}” is no time zone (Europe/Berlin is one)."),
    ]
    return next((why for wrong, why in checks if wrong), "")


def _email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True
