"""Copies of mail: bytes and order stay, the source is untouched, what cannot be read is named."""

from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.mail.importing import import_folder
from agents.connectors.mail.location import locate
from agents.connectors.mail.maildir import Maildir
from agents.connectors.mail.parse import parse
from agents.connectors.mail.tests.outlook_files import msg


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
    assert report.skipped == {"notes.txt": "A file that ends with .txt is no mail."}
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


MAIL = b"Received: from x\nSubject: %s\n\nHi\n"
BOX = (
    b"From ada@example.org Mon Oct  5 10:00:00 2026\nSubject: one\n\nFrom here on\n>From the text\n\n"
    b"From - Mon Oct  5 10:00:01 2026\r\nSubject: two\r\n\r\nHi\r\n"
)


def test_what_programs_keep_mail_in(tmp_path: Path) -> None:
    source = tmp_path / "source"
    outlook = msg(
        {0x37: "Grüße", 0x0C1A: "Ada Osei", 0x5D01: "ada@example.org", 0x1000: "Hi"},
        [("a.pdf", b"x" * 5_000)],
    )
    for name, data in {
        "1/archive.mbox": BOX,
        "1/one.mbx": BOX.partition(b"\n\nFrom -")[0],
        "1/Apple.emlx": b"%-10d\n%s<?xml version='1.0'?><plist></plist>"
        % (len(MAIL % b"apple"), MAIL % b"apple"),
        "1/Outlook.msg": outlook,
        "2/00001.7c53336b37003a9286aba55d2945844c": MAIL % b"named by a digest",
        "2/1700000000.M1P2.host:2,S": MAIL % b"of a Maildir",
        "2/17": MAIL % b"of MH",
        "2/Sent": BOX,
        "3/.DS_Store": b"\0\0\0\1Bud1",
        "3/README": b"Note: nothing here is mail\n",
        "3/empty": b"",
        "3/broken.msg": outlook[:700],
        "3/page.html": b"<p>",
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(data)
    report = import_folder(source, tmp_path / "copy")
    read = {name: (tmp_path / "copy" / "new" / file).read_bytes() for file, name in report.names.items()}
    assert list(read) == [
        *("1/Apple.emlx", "1/Outlook.msg", "1/archive.mbox#1", "1/archive.mbox#2", "1/one.mbx"),
        *(
            "2/00001.7c53336b37003a9286aba55d2945844c",
            "2/17",
            "2/1700000000.M1P2.host:2,S",
            "2/Sent#1",
            "2/Sent#2",
        ),
    ]
    assert read["1/Apple.emlx"] == MAIL % b"apple"
    assert read["1/archive.mbox#1"] == b"Subject: one\n\nFrom here on\nFrom the text\n"
    assert read["1/archive.mbox#2"] == b"Subject: two\r\n\r\nHi\r\n"
    mail = parse(read["1/Outlook.msg"])
    assert (mail.head.sender, mail.head.subject, mail.text) == ("Ada Osei <ada@example.org>", "Grüße", "Hi")
    assert [(one.name, one.bytes) for one in mail.attachments] == [("a.pdf", 5_000)]
    assert report.errors == {"3/broken.msg": "It is no Outlook message that can be read."}
    assert report.skipped == {
        "3/.DS_Store": "It does not begin like a mail.",
        "3/README": "It does not begin like a mail.",
        "3/empty": "It is empty.",
        "3/page.html": "A file that ends with .html is no mail.",
    }
    assert list(import_folder(source / "1" / "archive.mbox", tmp_path / "alone").names.values()) == [
        "archive.mbox#1",
        "archive.mbox#2",
    ]


def test_nothing_to_import(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "mail.txt").touch()
    with pytest.raises(ConnectorError, match=r"no \.eml file"):
        import_folder(tmp_path / "source", tmp_path / "copy")
    (tmp_path / "source" / "new").mkdir()  # an empty Maildir is a mailbox
    assert import_folder(tmp_path / "source", tmp_path / "copy").names == {}
