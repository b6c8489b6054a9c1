"""The mailbox on disk: where it may be, links, locks, other programs on the same folder."""

import multiprocessing
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.forms import MailSettings
from agents.connectors.mail.location import personal_path_ok
from agents.connectors.mail.maildir import Maildir

mail = Mail()


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.MAIL_ROOT = tmp_path / "mailboxes"
    return made(settings.MAIL_ROOT / "support", 40).parent


def made(path: Path, messages: int = 0) -> Path:
    for part in ("cur", "new", "tmp"):
        (path / part).mkdir(parents=True)
    for number in range(messages):
        (path / "new" / f"{1_000_000_000 + number}.x.test").write_bytes(b"Subject: %d\n\nhi\n" % number)
    return path


def connection(path: Path | str) -> ConnectionContext:
    return ConnectionContext(1, "Support", {"path": str(path), "address": "support@example.com"})


def listed(path: Path | str) -> int:
    return int(mail.perform(connection(path), CallContext("mail.list", {}, "k", 1, "a", 1, 1)).data["total"])


def form(path: str, address: str = "support@example.com") -> MailSettings:
    return MailSettings({"path": path, "address": address})


def test_settings(root: Path, tmp_path: Path) -> None:
    for path in ("support", str(root / "support"), f"{root}/x/../support/"):
        good = form(path)
        assert good.is_valid(), good.errors
        assert good.cleaned_data == {"path": str(root / "support"), "address": "support@example.com"}
    outside = made(tmp_path / "outside")
    (root / "link").symlink_to(outside)
    (root / "plain").mkdir()
    for path, says in {
        "nowhere": "No folder “nowhere”",
        "plain": "no Maildir",
        str(outside): "inside the portal",
        "../outside": "inside the portal",
        "link": "inside the portal",
        ".": "inside the portal",
        "a\0b": "Null characters",
    }.items():
        assert says in str(form(path).errors["path"]), path
    assert "address" in form("support", "Mia <mia@example.com>").errors


def test_check(root: Path) -> None:
    assert mail.check(connection(root / "support")).note == "40 messages"
    shutil.rmtree(root / "support")
    with pytest.raises(ConnectorError, match="No folder “support”"):
        mail.check(connection(root / "support"))
    with pytest.raises(ConnectorError, match="inside the portal"):
        mail.check(connection(""))


def test_links_are_refused_whenever_they_appear(root: Path, tmp_path: Path) -> None:
    secret = made(tmp_path / "secret", 3)
    own = made(root / "own", 1)
    assert listed(own) == 1
    (own / "cur" / "1.link:2,").symlink_to(secret / "new" / "1000000000.x.test")
    (own / ".Secret").symlink_to(secret)
    assert listed(own) == 1
    with pytest.raises(ConnectorError, match="no folder “Secret”"):
        Maildir(own).messages("Secret")
    with pytest.raises(ConnectorError, match="is a link"):
        Maildir(own).move("1000000000.x.test", "Secret")
    with pytest.raises(ConnectorError, match="There is no message"):
        Maildir(own).find("1.link")
    shutil.rmtree(own / "new")
    (own / "new").symlink_to(secret / "new")
    with pytest.raises(ConnectorError, match="no Maildir"):
        listed(own)
    shutil.rmtree(own)
    own.symlink_to(secret)
    with pytest.raises(ConnectorError, match="behind a link"):
        listed(own)
    own.unlink()
    own.symlink_to(root / "support")  # another mailbox of the same portal is no better
    with pytest.raises(ConnectorError, match="behind a link"):
        listed(own)


def test_whose_mailbox(root: Path) -> None:
    mine, hers = made(root / "mia@example.com" / "work"), made(root / "lea@example.com")
    (root / "mia@example.com" / "lea").symlink_to(hers)
    assert mail.allowed_for({"path": str(mine)}, "mia@example.com") == ""
    assert mail.allowed_for({"path": str(mine)}, "Mia@Example.com") == ""
    for path in (hers, root / "support", root / "mia@example.com" / ".." / "lea@example.com", "/etc"):
        assert "mia@example.com" in mail.allowed_for({"path": str(path)}, "mia@example.com")
    assert not personal_path_ok(str(root / "mia@example.com" / "lea"), "mia@example.com")
    assert not personal_path_ok(str(mine), "")
    assert mail.allowed_for({"path": str(root / "support")}, None) == ""
    assert "person's own mailbox" in mail.allowed_for({"path": str(mine)}, None)


def label_some(path: Path, label: str, start: int) -> None:
    for number in range(start, 40, 2):
        Maildir(path).label(f"{1_000_000_000 + number}.x.test", label)
        Maildir(path).label(f"{1_000_000_000 + number}.x.test", f"Of{os.getpid()}")
        Maildir(path).label(f"{1_000_000_000 + 39 - number}.x.test", f"{label}Too")


def test_two_processes_lose_nothing(root: Path) -> None:
    processes = [
        multiprocessing.get_context("fork").Process(target=label_some, args=(root / "support", label, start))
        for label, start in (("Even", 0), ("Odd", 1))
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    box = Maildir(root / "support")
    messages = sorted(box.messages("INBOX"), key=lambda message: message.id)
    assert len(messages) == 40
    for number, message in enumerate(messages):
        name, other = ("Even", "Odd") if number % 2 == 0 else ("Odd", "Even")
        labels = set(box.labels(message))
        assert {name, f"{other}Too"} < labels
        assert len(labels) == 3


def test_labels_by_a_mail_server(root: Path) -> None:
    box = root / "support"
    (box / "dovecot-keywords").write_text("0 $Junk\nnonsense\n3 Later\n99 far\n")
    (box / "new" / "1000000003.x.test").rename(box / "cur" / "1000000003.x.test:2,FSad,W=3")
    found = Maildir(box).find("1000000003.x.test")
    assert (Maildir(box).labels(found), found.seen) == (["$Junk", "Later"], True)
    (box / "dovecot-uidlist").touch()
    Maildir(box).label(found.id, "Invoices")
    assert (box / "cur" / "1000000003.x.test:2,FSabd,W=3").exists()
    assert (box / "dovecot-keywords").read_text() == "0 $Junk\n1 Invoices\n3 Later\n"
    assert not (box / "dovecot-uidlist.lock").exists()


def test_what_the_disk_refuses_did_not_happen(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **places: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    context = CallContext("mail.draft", {"to": ["a@b.test"], "subject": "s", "text": "t"}, "k", 1, "a", 1, 1)
    with pytest.raises(ConnectorError, match="no space left"):
        mail.perform(connection(root / "support"), context)
    assert mail.reconcile(connection(root / "support"), context) is None
