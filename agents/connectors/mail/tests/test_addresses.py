"""Who wrote and to whom, whatever a program made of it. The same on every Python: nothing of the standard library."""

import time

import pytest

from agents.connectors.mail import addresses
from agents.connectors.mail.heads import MOST_ADDRESSES, head
from agents.connectors.mail.parse import parse

ONE = ("", "ada@example.org")
TABLE: list[tuple[str, list[tuple[str, str]]]] = [
    ("ada@example.org", [ONE]),
    ("Ada Osei <ada@example.org>", [("Ada Osei", "ada@example.org")]),
    ("Osei, Ada <ada@example.org>", [("Osei, Ada", "ada@example.org")]),
    ("Osei, Ada, Dr. <ada@example.org>, Bo <bo@example.org>", [("Osei, Ada, Dr.", ONE[1]), ("Bo", "bo@example.org")]),
    ("Osei, Ada ada@example.org", [("Osei, Ada", "ada@example.org")]),
    ("A.B. Osei Ltd. [Sales] <ada@example.org>", [("A.B. Osei Ltd. [Sales]", "ada@example.org")]),
    ("ada@example.org <ada@example.org>", [("ada@example.org", "ada@example.org")]),
    ("boss@example.com <eve@drop.example>", [("boss@example.com", "eve@drop.example")]),
    ("ada@example.org (Ada (Dr.) Osei)", [("Ada Dr. Osei", "ada@example.org")]),
    ("Ada (the first) Osei <ada@example.org>", [("Ada Osei", "ada@example.org")]),
    ("Ada Osei ada@example.org", [("Ada Osei", "ada@example.org")]),
    ("Ada Osei <ada@example.org", [("Ada Osei", "ada@example.org")]),
    ("Ada Osei ada@example.org>", [("Ada Osei", "ada@example.org")]),
    ("<<ada@example.org>>", [ONE]),
    ("Ada <mailto:ada@example.org>", [("Ada", "ada@example.org")]),
    ("<@relay.example,@b.example:ada@example.org>", [ONE]),
    ("Ada <ada @ example.org>", [("Ada", "ada@example.org")]),
    ("ada@example.org <Ada Osei>", [("Ada Osei", "ada@example.org")]),
    ("Team: ada@example.org, Bo <bo@example.org>; c@d.example", [ONE, ("Bo", "bo@example.org"), ("", "c@d.example")]),
    ("Desk: second floor <ada@example.org>", [("Desk: second floor", "ada@example.org")]),
    ("undisclosed-recipients:;", []),
    ("ada@example.org bo@example.org", [ONE, ("", "bo@example.org")]),
    ("A <ada@example.org> B <bo@example.org>", [("A", "ada@example.org"), ("B", "bo@example.org")]),
    ("=?utf-8?Q?M=C3=BCller,_Ada?= <ada@example.org>", [("=?utf-8?Q?M=C3=BCller,_Ada?=", "ada@example.org")]),
    ('"Osei, \\"Ada\\"" <ada@example.org>', [('Osei, "Ada"', "ada@example.org")]),
    ('"open Ada <ada@example.org>', [("open Ada", "ada@example.org")]),
    ("Ada (open <ada@example.org>", [("Ada open", "ada@example.org")]),
    ('"ada osei"@example.org', [("", '"ada osei"@example.org')]),
    ("ada@[IPv6:2001:db8::1]", [("", "ada@[IPv6:2001:db8::1]")]),
    ("Ada Osei [ada@example.org]", [("Ada Osei", "ada@example.org")]),
    ("Ada Osei [mailto:ada@example.org]", [("Ada Osei", "ada@example.org")]),
    ("Ada &lt;ada@example.org&gt;", [("Ada", "ada@example.org")]),
    ("Ada <ada@example.org;bo@example.org>", [("Ada", "ada@example.org")]),
    ("ada@example.org (Osei, Ada)", [("Osei, Ada", "ada@example.org")]),
    ("root (Cron Daemon)", [("Cron Daemon", "root")]),
    (" ; ,, ada@example.org,", [ONE]),
    ("<>", []),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("written", "found"), TABLE, ids=lambda value: str(value)[:40])
def test_addresses(written: str, found: list[tuple[str, str]]) -> None:
    assert addresses.read(written) == found


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Müller, Ada <ada@example.org>", '"Müller, Ada" <ada@example.org>'),
        ("=?utf-8?Q?M=C3=BCller,_Ada?= <ada@example.org>", '"Müller, Ada" <ada@example.org>'),
        ("=?utf-8?Q?Ada_<ada@example.org>?=", "Ada <ada@example.org>"),
        ("ada@example.org <ada@example.org>", "ada@example.org"),
        ("'Ada' <ada@example.org>", "Ada <ada@example.org>"),
        ("'Ada' via Desk <ada@example.org>", "'Ada' via Desk <ada@example.org>"),
        ("boss@example.com <eve@drop.example>", '"boss@example.com" <eve@drop.example>'),
        ("=?utf-8?q?x=40y=2Ez_=3Cx=40y=2Ez=3E?= <eve@drop.example>", '"x@y.z x@y.z" <eve@drop.example>'),
    ],
)
def test_senders_as_they_are_shown(raw: str, shown: str) -> None:
    sender = head(f"From: {raw}\n\n".encode()).sender
    assert sender == shown
    assert addresses.plain(sender) or sender == "ada@example.org"


def test_a_long_list_hides_nobody_behind_it() -> None:
    to = ",\n ".join(f"Somebody Longnamed {n} <n{n}@example.org>" for n in range(2_000))
    data = f"To: {to}\nFrom: Ada <ada@example.org>\nSubject: Hello\n\nHi\n".encode()
    assert len(data) > 64 * 1024
    mail = parse(data)
    assert (mail.head.sender, mail.head.subject, len(mail.head.to)) == (
        "Ada <ada@example.org>",
        "Hello",
        MOST_ADDRESSES,
    )
    assert f"The To header has 2,000 addresses; the first {MOST_ADDRESSES} are listed." in mail.problems
    assert parse(b"To: a@b.example\nTo: Bo <c@d.example>\n\n").head.to == ("a@b.example", "Bo <c@d.example>")
    assert "Its From header names 2 senders; the first is shown." in parse(b"From: a@b.c, d@e.f\n\n").problems


@pytest.mark.parametrize(
    "sign", ['"\\', "(", "<", "<a", "=?a?q?", '"', "[a", "a@b ", "a,", "@", "\\", ":", " ", "<a@b>"]
)
def test_nothing_takes_long(sign: str) -> None:
    began = time.process_time()
    addresses.read((sign * 20_000)[:20_000] + ";")
    assert time.process_time() - began < 1
