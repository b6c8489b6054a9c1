"""Types, boundaries, names and encodings that are written wrongly, and mails that are meant to keep a worker busy."""

import base64
import time
import zlib

import pytest

from agents.connectors.mail.outlook import properties
from agents.connectors.mail.parse import parse
from agents.connectors.mail.tests.letters import HEAD, mixed, read
from agents.connectors.mail.tests.outlook_files import winmail

SAID = base64.encodebytes(b"Hi there")
IN_TWO = base64.b64encode(b"Hi") + b"\n" + base64.b64encode(b" there") + b"\n"
ENCODED = [
    *((name, SAID, "Hi there") for name in ("base64;", "BASE64 (x)", '"base64"', "base-64", "x-base64")),
    *(
        (name, b"Hi=20=  \nthere", "Hi there")
        for name in ("quoted-printable;", "Quoted_Printable", "quoted printable")
    ),
    ("base64", b"not at all: base64!", "not at all: base64!"),
    ("base64", IN_TWO + b"-- \nthe list's footer", "Hi there\n\n-- \nthe list's footer"),
    ("base64", SAID[:4] + b"!" + SAID[4:], "Hi there"),
    ("base64", b"just three or four words", "just three or four words"),
    ("7-bit", b"Hi", "Hi"),
    ("", b"Hi", "Hi"),
]


@pytest.mark.parametrize(("name", "body", "text"), ENCODED)
def test_transfer_encodings(name: str, body: bytes, text: str) -> None:
    assert read("text/plain", body, f"Content-Transfer-Encoding: {name}\n").text == text


TYPES = (
    "text/html charset=utf-8",
    "TEXT / HTML",
    "text/html;;;charset",
    '"text/html"',
    "html",
    "(x) text/html",
    "application/xhtml+xml",
)
SEVERAL = (
    "multipart/mixed boundary=x y",
    'multipart/mixed; boundary="x y',
    "multipart; boundary='x y'",
    "multipart/mixed",
)
NAMES = (
    "filename*=x-none''M%C3%A4rz.pdf",
    "filename=März.pdf",
    "filename==?utf-8?q?M=C3=A4rz.pdf?=",
    "filename*0*=utf-8''M%C3; filename*1*=%A4rz; filename*2=.pdf",
    'size=1 filename="März.pdf"',
    'size=1; name="März.pdf"',
)


def test_types_boundaries_and_names_that_are_broken() -> None:
    for kind in TYPES:
        assert read(kind, b"<p>Hi</p><div style='display:none'>secret</div>").text == "Hi", kind
    for kind in SEVERAL:
        assert read(kind, b"--x y\nContent-Type: text/html\n\n<p>Hi\n--x y--\n").text == "Hi", kind
    whole = base64.encodebytes(b"--b\n\nHi\n--b--\n")
    assert read("multipart/mixed; boundary=b", whole, "Content-Transfer-Encoding: base64\n").text == "Hi"
    undeclared = (
        b"This is a multi-part message in MIME format.\n\n--b\nContent-Type: text/html\n\n<p>Hi\n--b--\n"
    )
    assert parse(HEAD + b"\n" + undeclared).text == "Hi"
    for name in NAMES:
        mail = mixed(
            ("text/plain", b"Hi"), (f"application/pdf\nContent-Disposition: attachment; {name}", b"x")
        )
        assert [one.name for one in mail.attachments] == ["März.pdf"], name


PACKED = bytes.fromhex("3080060b2a864886f70d0109100109a0803080020100300030800601 01a080048300ff00")
ZEROS = zlib.compress(bytes(2_000_000), 9)
TOKENS = b"\xff\x00\x0f" + b"\x00\x0f" * 7
PACKED_RICH = winmail({properties.RICH: bytes(4) + b"\xff" * 4 + b"LZFu" + bytes(4) + TOKENS * 4_000})


def several(kind: str, data: bytes, times: int) -> bytes:
    head = f"--b\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n".encode()
    return (head + base64.encodebytes(data)) * times


BOMBS = {
    "rich": ("text/rtf", b"{\\rtf1{\\fonttbl" + b"\\f1\\fcharset1" * 20_000),
    "braces": ("text/rtf", b"{\\rtf1 " + b"{" * 300_000),
    "calendar": ("text/calendar", b"BEGIN:VCALENDAR\n" * 100_000),
    "zones": ("text/calendar", b"BEGIN:VTIMEZONE\nRRULE:FREQ=SECONDLY\n" * 50_000),
    "uu": ("text/plain", b"begin 644 a\nM\n" * 100_000),
    "armour": ("text/plain", b"-----BEGIN PGP MESSAGE-----\n" * 50_000),
    "flowed": ("text/plain; format=flowed", b"a \n" * 600_000),
    "cms": ("application/pkcs7-mime", b"\x30\x80" * 900_000),
    "packed": ("application/pkcs7-mime", PACKED + zlib.compress(bytes(60_000_000), 9)),
    "tnef": ("application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00" + b"\x01\x03\x90\x06" + bytes(7) * 150_000),
    "many packed": ("multipart/mixed; boundary=b", several("application/pkcs7-mime", PACKED + ZEROS, 150)),
    "many winmail.dat": ("multipart/mixed; boundary=b", several("application/ms-tnef", PACKED_RICH, 20)),
    "name": ("text/plain; name*1*=" + "x;name*2=" * 900, b"x"),
}


@pytest.mark.parametrize(("kind", "body"), BOMBS.values(), ids=BOMBS)
def test_no_kind_takes_long(kind: str, body: bytes) -> None:
    began = time.process_time()
    parse(HEAD + f"Content-Type: {kind}\n\n".encode() + body)
    assert time.process_time() - began < 3
