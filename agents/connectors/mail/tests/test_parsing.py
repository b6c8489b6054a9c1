"""Any bytes become a mail that can be shown: what people send, what breaks, and what is meant to break."""

import base64
import os
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from agents.connectors.mail import decoding, encoded_words
from agents.connectors.mail.heads import head
from agents.connectors.mail.parse import LONGEST_TEXT, parse

SAMPLE = Path(__file__).parents[1] / "sample_mailbox"
CORPUS = Path(os.environ.get("PORTAL_MAIL_CORPUS") or Path(__file__).parents[4].parent / "shared" / "mail")
FRAGMENTS = (
    b"From: ",
    b"Subject: =?utf-8?q?=C3?= =?utf-8?q?=BC?=\n",
    b"=?zip?b?AAAA?=",
    b"Content-Type: multipart/mixed; boundary=b\n\n",
    b"--b\n",
    b"\n--b--\n",
    b"Content-Type: message/rfc822\n\n",
    b'Content-Type: text/html; charset="utf-16"\n\n',
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1=x\n",
    b"Date: Mon, 99 Foo 10000 25:61 +9999\n",
    b"To: ((((<a@b>,,;:\n",
    b"<div style='display:none'>",
    b"<!--",
    b'<a href="',
    b"&#xD800;",
    b"\r",
    b"\0",
    b"\xff\xfe",
)


def letter(body: str = "", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\n".join(
        ["From: Mia <mia@example.com>", "Date: Mon, 5 Oct 2026 10:00 +0200", *lines, "", body]
    ).encode()


@given(
    some.one_of(
        some.binary(), some.lists(some.one_of(some.sampled_from(FRAGMENTS), some.binary())).map(b"".join)
    )
)
def test_never_raises_and_is_always_storable(data: bytes) -> None:
    mail = parse(data)
    names = [attachment.name for attachment in mail.attachments]
    text = "".join([repr(mail.head), mail.text, *names, *mail.problems])
    assert "\0" not in text
    text.encode()  # half a surrogate pair would raise
    assert head(data) == mail.head or len(data) > 60_000
    for value in (mail.head.subject, mail.head.sender, mail.head.message_id, *names):
        assert not any(ord(sign) < 32 for sign in value)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?q?Gr=C3?= =?utf-8?q?=BC?=", "Grü"),
        (b"=?iso-8859-1?b?R3L832U=?=", "Grüße"),
        (b"=?utf-8?b?R3LDvMOfZQ?= again", "Grüße again"),
        (b"a =?utf-8?q?b?= c", "a b c"),
        (b"Gr\xfc\xdfe", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"=?nonsense?q?a=20b?=", "a b"),
        (b"=?rot13?q?nop?=", "nop"),
        (b"=?utf-8?q?a=0D=0ABcc:_x@y.test?=", "a Bcc: x@y.test"),
        ("pay \u202egnp.exe".encode(), "pay gnp.exe"),
        ("a\U000e0041\u200bb".encode(), "ab"),
    ],
)
def test_header_in_words(raw: bytes, shown: str) -> None:
    assert encoded_words.header(raw, decoding.Problems(), "Subject") == shown


@pytest.mark.parametrize(
    ("data", "charset", "shown", "problems"),
    [
        ("zwölf".encode("latin-1"), "iso-8859-1", "zwölf", 0),
        ("“zwölf”".encode("cp1252"), "iso-8859-1", "“zwölf”", 0),
        ("zwölf".encode(), "us-ascii", "zwölf", 1),
        ("zwölf".encode(), "", "zwölf", 1),
        ("zwölf".encode("latin-1"), "utf-8", "zw\ufffdlf", 1),
        ("zwölf".encode(), "x-unknown", "zwölf", 1),
        (b"plain", "zip", "plain", 1),
        (b"plain", "../../etc", "plain", 1),
        ("東京".encode("gb18030"), "gb2312", "東京", 0),
        (b"\x81\x8d", "iso-8859-1", "\ufffd\ufffd", 1),
    ],
)
def test_charsets(data: bytes, charset: str, shown: str, problems: int) -> None:
    found = decoding.Problems()
    assert decoding.decode(data, charset, found, "Its text") == shown
    assert len(found) == problems


def test_parts() -> None:
    inner = "--b\nContent-Type: text/html\n\n<p>rich\n--b\nContent-Type: text/plain\n\nplain\n--b--\n"
    mail = parse(letter(inner, Content_Type='multipart/alternative; boundary="b"'))
    assert (mail.text, len(mail.problems)) == ("rich", 1)
    picture = base64.b64encode(bytes(300)).decode()
    file = (
        "--b\n\nhello\n--b\nContent-Type: image/png; name*=utf-8''%C3%BC.png\n"
        f"Content-Transfer-Encoding: base64\n\n{picture}\n"
    )
    mail = parse(letter(file, Content_Type="multipart/mixed; boundary=b"))
    assert mail.text == "hello"
    assert [(file.name, file.type, file.bytes) for file in mail.attachments] == [("ü.png", "image/png", 300)]
    assert mail.problems == ("Its last part has no end.",)
    mail = parse(letter("lost", Content_Type="multipart/mixed"))
    assert mail.text == "lost"
    assert len(mail.problems) == 1
    forwarded = letter("inside", Subject="Old").decode()
    mail = parse(letter(forwarded, Content_Type="message/rfc822"))
    assert mail.text == "[Inside: a message from Mia <mia@example.com>, “Old”]\n\ninside"


def test_letters_by_numbers_that_are_none() -> None:
    for number in ("1²", "9" * 5_000, "x110000", ""):
        assert parse(f"Content-Type: text/html; charset=utf-8\n\n<p>&#{number}; Hi".encode()).text.endswith(
            "Hi"
        )


def test_a_name_cannot_pass_for_an_address() -> None:
    mail = parse(b"From: =?utf-8?q?boss=40example=2Ecom_=3Cboss=40example=2Ecom=3E?= <evil@drop.test>\n\n")
    assert parseaddr(mail.head.sender)[1] == "evil@drop.test"


def test_heads_that_are_none() -> None:
    assert parse(b"From x Mon\nFrom: a@b.test\n\nhi").head.sender == "a@b.test"
    assert parse(b"Subject: x\nnonsense\nFrom: a@b.test\n\nhi").head.sender == "a@b.test"
    assert parse(b"Subject: x\nHello you\n\nthere").text == "Hello you\n\nthere"
    assert parse(b"From : a@b.test\n\nhi").head.sender == "a@b.test"
    assert parse(b"just words").text == "just words"
    assert parse(b"").text == ""
    assert (
        "It has more than one From header; the first was read."
        in parse(b"From: a@b.c\nFrom: d@e.f\n\n").problems
    )


def test_long_text_is_shortened() -> None:
    assert not parse(letter("a" * LONGEST_TEXT)).shortened
    mail = parse(letter("a" * (LONGEST_TEXT + 1)))
    assert (mail.shortened, len(mail.text)) == (True, LONGEST_TEXT)


def test_the_samples() -> None:
    files = sorted(SAMPLE.glob("*.eml"))
    assert len(files) == 14
    for mail in (parse(file.read_bytes()) for file in files):
        assert mail.head.sender
        assert mail.head.date
        assert mail.head.date.startswith("2026-")
        assert mail.text
        hidden = "the last ten messages"
        assert hidden not in mail.text


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no folder of real mail: PORTAL_MAIL_CORPUS names one")
def test_real_mail_comes_through() -> None:
    files = sorted(CORPUS.rglob("*.eml"))
    for file in files:
        mail = parse(file.read_bytes())
        assert mail.text, file.name
        assert mail.head == head(file.read_bytes())
        assert mail.head.sender or "It does not say who sent it." in mail.problems
