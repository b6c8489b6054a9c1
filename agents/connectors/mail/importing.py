"""Copies a Maildir or a folder tree of .eml files into a fresh Maildir. The source stays as it is."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from agents.connectors.base import ConnectorError
from agents.connectors.mail import keywords
from agents.connectors.mail.location import PARTS
from agents.connectors.mail.stored import natural

FIRST = 1_000_000_000  # the "second of arrival" of the first .eml file: names tell the order, not the time
LONGEST_MBOX_LINE = 4_096


@dataclass(slots=True)
class ImportReport:
    """``errors``: why, by the source file's name. ``names``: the source file's name by the message's id."""

    errors: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def import_folder(source: Path, maildir: Path) -> ImportReport:
    """Copy every message below ``source`` into ``maildir``, which must not exist or be empty.

    Bytes stay as they are, but for an mbox file's "From " line in front. Raises ConnectorError when there is
    nothing to copy from or ``maildir`` is in use; what cannot be read is named in the report.
    """
    if not source.is_dir():
        raise ConnectorError(f"{source} is no folder. Name a Maildir or a folder of .eml files.")
    if maildir.exists() and any(maildir.iterdir()):
        raise ConnectorError(f"{maildir} is not empty. Name a folder that does not exist yet.")
    report = ImportReport()
    if _has_messages(source):
        wanted = list(_from_maildir(source, maildir))
    else:
        wanted = list(_from_files(source, maildir, report))
        if not wanted and not report.errors:
            raise ConnectorError(f"There is no .eml file in {source}, and it is no Maildir.")
    _make(maildir)
    for file, target in wanted:
        name = str(file.relative_to(source))
        try:
            _copy(file, target)
        except OSError as error:
            target.unlink(missing_ok=True)
            report.errors[name] = error.strerror or "It cannot be read."
        else:
            report.names[target.name.partition(":")[0]] = name
    return report


def _has_messages(place: Path) -> bool:
    """Is it a Maildir? Where one was kept in an archive, its empty folders may be missing."""
    parts = [place / part for part in ("cur", "new") if (place / part).is_dir()]
    return bool(parts) and not any(next(part.glob("*.[eE][mM][lL]"), None) for part in parts)


def _from_maildir(source: Path, maildir: Path) -> Iterator[tuple[Path, Path]]:
    """Folders, names, flags and labels as they are."""
    below = (place for place in sorted(source.glob(".*")) if place.is_dir() and _has_messages(place))
    for place in (source, *below):
        target = maildir / place.relative_to(source)
        _make(target)
        if place != source:
            (target / "maildirfolder").touch()
        if (place / keywords.FILE).is_file():
            shutil.copyfile(place / keywords.FILE, target / keywords.FILE)
        for part in ("cur", "new"):
            for file in sorted((place / part).glob("*")):
                if not file.name.startswith("."):
                    yield file, target / part / file.name


def _from_files(source: Path, maildir: Path, report: ImportReport) -> Iterator[tuple[Path, Path]]:
    """In the order of their paths. The new names tell nothing of the old, which may say "spam"."""

    def unreadable(error: OSError) -> None:
        report.errors[os.path.relpath(error.filename, source)] = error.strerror or "It cannot be read."

    number = 0
    for place, below, files in os.walk(source, onerror=unreadable):
        below.sort(key=natural)
        for name in sorted(files, key=natural):
            if name.lower().endswith(".eml"):
                file = Path(place) / name
                digest = hashlib.sha256(os.fsencode(file.relative_to(source))).hexdigest()[:12]
                yield file, maildir / "new" / f"{FIRST + number}.{digest}.imported"
                number += 1


def _make(maildir: Path) -> None:
    for part in PARTS:
        (maildir / part).mkdir(mode=0o700, parents=True, exist_ok=True)


def _copy(file: Path, target: Path) -> None:
    if not file.is_file():
        raise OSError(0, "It is no file.")
    with file.open("rb") as read, target.open("xb") as written:
        _skip_mbox_line(read)
        shutil.copyfileobj(read, written)


def _skip_mbox_line(file: BinaryIO) -> None:
    line = file.readline(LONGEST_MBOX_LINE)
    if not (line.startswith(b"From ") and line.endswith(b"\n")):
        file.seek(0)
