"""Copies mail into a fresh Maildir: from a Maildir, a file or a folder tree of files. The source stays as it is."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path

from agents.connectors.base import ConnectorError
from agents.connectors.mail import keywords, mail_files
from agents.connectors.mail.location import PARTS
from agents.connectors.mail.mail_files import Kind, NoMail
from agents.connectors.mail.stored import natural

FIRST = 1_000_000_000  # the "second of arrival" of the first file: names tell the order, not the time
LONGEST_MBOX_LINE = 4_096


@dataclass(slots=True)
class ImportReport:
    """By the source file's name: ``errors``, why it could not be read, and ``skipped``, why it is no mail.

    ``names``: the source file's name by the message's id; of several in a file each has its number.
    """

    errors: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def import_folder(source: Path, maildir: Path) -> ImportReport:
    """Copy every message of ``source`` into ``maildir``, which must not exist or be empty.

    Bytes stay as they are, but for what an mbox, Apple's or Outlook's file has around them. Raises ConnectorError
    when there is nothing to copy from or ``maildir`` is in use; what cannot be read is named in the report.
    """
    if maildir.exists() and any(maildir.iterdir()):
        raise ConnectorError(f"{maildir} is not empty. Name a folder that does not exist yet.")
    report = ImportReport()
    if alone := _kind_of(source):
        found = [(source.name, source, alone)]
    elif not source.is_dir():
        raise ConnectorError(
            f"{source} is no folder. Name a Maildir, an mbox file or a folder of mail files."
        )
    elif _has_messages(source):
        return _from_maildir(source, maildir, report)
    else:
        found = list(_files(source, report))
    if not found and not report.errors:
        raise ConnectorError(
            f"There is no .eml file in {source} and no other file of mail (mbox, .emlx, .msg), and it is no Maildir."
        )
    _from_files(found, maildir, report)
    return report


def _kind_of(source: Path) -> Kind | None:
    """Of one file alone, which holds mail; None of anything else."""
    try:
        return mail_files.kind(source) if source.is_file() and source.stat().st_size else None
    except (NoMail, OSError):
        return None


def _has_messages(place: Path) -> bool:
    """Is it a Maildir? Where one was kept in an archive, its empty folders may be missing."""
    parts = [place / part for part in ("cur", "new") if (place / part).is_dir()]
    return bool(parts) and not any(next(part.glob("*.[eE][mM][lL]"), None) for part in parts)


def _from_maildir(source: Path, maildir: Path, report: ImportReport) -> ImportReport:
    """Folders, names, flags and labels as they are."""
    _make(maildir)
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
                    _copied(file, str(file.relative_to(source)), target / part / file.name, report)
    return report


def _copied(file: Path, name: str, target: Path, report: ImportReport) -> None:
    try:
        _copy(file, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        report.errors[name] = error.strerror or "It cannot be read."
    else:
        report.names[target.name.partition(":")[0]] = name


def _files(source: Path, report: ImportReport) -> Iterator[tuple[str, Path, Kind]]:
    """In the order of their paths."""

    def unreadable(error: OSError) -> None:
        report.errors[os.path.relpath(error.filename, source)] = error.strerror or "It cannot be read."

    for place, below, files in os.walk(source, onerror=unreadable):
        below.sort(key=natural)
        for file in (Path(place) / name for name in sorted(files, key=natural)):
            name = str(file.relative_to(source))
            try:
                yield name, file, mail_files.kind(file)
            except NoMail as why:
                report.skipped[name] = str(why)
            except OSError as error:
                report.errors[name] = error.strerror or "It cannot be read."


def _from_files(found: list[tuple[str, Path, Kind]], maildir: Path, report: ImportReport) -> None:
    """The new names tell nothing of the old, which may say "spam"."""
    _make(maildir)
    number = 0
    for name, file, kind in found:
        if kind is Kind.MAIL:
            _copied(file, name, _target(maildir, number, name), report)
            number += 1
            continue
        try:
            for called, data in _numbered(name, mail_files.messages(file, kind)):
                target = _target(maildir, number, called)
                target.write_bytes(data)
                report.names[target.name] = called
                number += 1
        except OSError as error:
            report.errors[name] = error.strerror or "It cannot be read."


def _target(maildir: Path, number: int, name: str) -> Path:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:12]
    return maildir / "new" / f"{FIRST + number}.{digest}.imported"


def _numbered(name: str, messages: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """The file's name, with a number for each where it holds several."""
    several = False
    for number, (message, following) in enumerate(pairwise(chain(messages, [None])), 1):
        several = several or following is not None
        if message is not None:
            yield (f"{name}#{number}" if several else name), message


def _make(maildir: Path) -> None:
    for part in PARTS:
        (maildir / part).mkdir(mode=0o700, parents=True, exist_ok=True)


def _copy(file: Path, target: Path) -> None:
    if not file.is_file():
        raise OSError(0, "It is no file.")
    with file.open("rb") as read, target.open("xb") as written:
        line = read.readline(LONGEST_MBOX_LINE)
        if not (line.startswith(b"From ") and line.endswith(b"\n")):
            read.seek(0)
        shutil.copyfileobj(read, written)
