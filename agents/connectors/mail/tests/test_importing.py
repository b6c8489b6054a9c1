"""Copies of mail: bytes and order stay, the source is untouched, what cannot be read is named."""

from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.mail.importing import import_folder
from agents.connectors.mail.location import locate
from agents.connectors.mail.maildir import Maildir


def test_import_of_files(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name, data in {
        "spam/2.eml": b"From x@y Mon Oct  5\nSubject: b\r\n\r\n\xff\0",
        "ham/10.eml": b"Subject: a10\n\n",
        "ham/9.EML": b"Subject: a9\n\n",
        "notes.txt": b"no mail",
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    (source / "ham" / "dead.eml").symlink_to(tmp_path / "nowhere")
    before = {file: file.lstat().st_mtime_ns for file in source.rglob("*")}
    report = import_folder(source, tmp_path / "copy")
    assert len(report.names) == 3
    assert report.errors == {"ham/dead.eml": "It is no file."}
    assert list(report.names.values()) == ["ham/9.EML", "ham/10.eml", "spam/2.eml"]
    assert (tmp_path / "copy" / "new" / list(report.names)[2]).read_bytes() == b"Subject: b\r\n\r\n\xff\0"
    assert [message.id for message in Maildir(tmp_path / "copy").messages("INBOX")] == list(report.names)[
        ::-1
    ]
    assert not any("spam" in name for name in report.names)
    assert before == {file: file.lstat().st_mtime_ns for file in source.rglob("*")}
    assert import_folder(source, tmp_path / "again").names == report.names
    with pytest.raises(ConnectorError, match="not empty"):
        import_folder(source, tmp_path / "copy")
    with pytest.raises(ConnectorError, match="no folder"):
        import_folder(tmp_path / "nowhere", tmp_path / "third")


def test_import_of_a_maildir(tmp_path: Path, settings: Any) -> None:
    settings.MAIL_ROOT = tmp_path
    source = tmp_path / "source"
    for part in ("cur", "new", "tmp"):
        (source / part).mkdir(parents=True)
    for number in range(5):
        (source / "new" / f"{number}.x.test").write_bytes(b"Subject: x\n\n")
    box = Maildir(source)
    box.label("1.x.test", "Invoices")
    box.move("1.x.test", "Old")
    (source / ".Old" / "tmp").rmdir()  # empty folders get lost when a Maildir is kept in an archive
    (source / "tmp").rmdir()
    report = import_folder(source, tmp_path / "copy")
    assert (len(report.names), report.errors) == (5, {})
    copy = Maildir(locate(str(tmp_path / "copy")))
    found = copy.find("1.x.test")
    assert (found.folder, copy.labels(found)) == ("Old", ["Invoices"])
    assert [message.id for message in copy.messages("INBOX")] == [
        message.id for message in box.messages("INBOX")
    ]


def test_nothing_to_import(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "mail.txt").touch()
    with pytest.raises(ConnectorError, match=r"no \.eml file"):
        import_folder(tmp_path / "source", tmp_path / "copy")
    (tmp_path / "source" / "new").mkdir()  # an empty Maildir is a mailbox
    assert import_folder(tmp_path / "source", tmp_path / "copy").names == {}
