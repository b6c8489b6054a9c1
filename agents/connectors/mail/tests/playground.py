"""A mailbox of its own for the contract suite: a few messages, a folder, and the arguments that work on them."""

from pathlib import Path
from typing import Any

from agents.connectors.base import ConnectionContext
from agents.connectors.mail.tests.dovecot import HERE
from tests.agents.playgrounds import Playground
from tests.portal.post_office import open_post

MESSAGE = "1000000001.question.test"
TEXT = (
    "From: Lea <lea@example.com>\nMessage-ID: <q@example.com>\nSubject: A question\n"
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWhen?\n"
    "--b\nContent-Disposition: attachment; filename=lamps.txt\n\nThree lamps.\n--b--\n"
)


def playground(folder: Path, settings: Any) -> Playground:
    settings.MAIL_ROOT = folder
    root = folder / "support"
    for part in (
        "cur",
        "new",
        "tmp",
        ".Later/cur",
        ".Later/new",
        ".Later/tmp",
        ".Sent/cur",
        ".Sent/new",
        ".Sent/tmp",
    ):
        (root / part).mkdir(parents=True)
    (root / "new" / MESSAGE).write_text(TEXT)
    (root / ".Later" / "cur" / "1000000000.old.test:2,S").write_text(TEXT)
    (root / ".Sent" / "cur" / "1000000002.sent.test:2,S").write_text(TEXT)
    (root / "dovecot-keywords").write_text("0 Invoices\n")
    address = "support@example.com"
    return Playground(
        ConnectionContext(
            1,
            "Support",
            {"path": str(root), "address": address, **open_post().settings()},
            inside=HERE,
        ),
        {
            "mail.list": {"folder": "Later", "page": 1},
            "mail.read": {"message": MESSAGE},
            "mail.label": {"message": MESSAGE, "label": "Alerts", "reason": "It asks."},
            "mail.move": {"message": MESSAGE, "folder": "Later"},
            "mail.attachment": {"message": MESSAGE, "number": 1},
            "mail.search": {"words": "question", "folder": "Later"},
            "mail.flag": {"message": MESSAGE, "flag": "flagged"},
            "mail.archive": {"message": MESSAGE, "place": "archive"},
            "mail.reply": {"message": MESSAGE, "to": ["lea@example.com"], "text": "Soon."},
            "mail.send": {"to": ["mia@example.com"], "subject": "News", "text": "All is well."},
            "mail.draft": {
                "in_reply_to": MESSAGE,
                "to": ["lea@example.com"],
                "subject": "Re",
                "text": "Soon.",
                "reason": "Somebody waits.",
            },
        },
        root=root,
        gone=ConnectionContext(2, "gone", {"path": str(folder / "gone"), "address": address}),
    )
