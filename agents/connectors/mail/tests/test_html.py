"""What the reader of an HTML mail sees, and that no mail keeps a worker busy."""

import time

import pytest

from agents.connectors.mail.html import visible
from agents.connectors.mail.parse import LARGEST, parse


@pytest.mark.parametrize(
    ("html", "text", "hides"),
    [
        ("<p>one<p>two<br>three", "one\n\ntwo\nthree", False),
        ("a<!-- x -->b<style>p{}</style><script>1<2</script><title>t</title>c", "abc", False),
        ("<div style='display: none'>x</div>y", "y", True),
        ("<div title='<' STYLE='DISPLAY:none'>x</div>y", "y", True),
        ("<div title='>' style=\"visibility:hidden\">x</div>y", "y", True),
        ("<p style='font-size:0'>x</p><p style='font-size:0.9em'>y</p>", "y", True),
        ("<div style='dis/**/play:none'>x</div>y", "y", True),
        ("<div style='dis&#112;lay:none'>x</div>y", "y", True),
        ("<td><span hidden>x</td><td>y", "y", True),
        ("<p hidden>x<p>y", "y", True),
        ("<div data-x='hidden'>x</div>", "x", False),
        ("1 < 2 &amp; 3&nbsp;> 2", "1 < 2 & 3 > 2", False),
        ("<pre>a\n b</pre>c\nd", "a\nb\nc d", False),
        ('<a href="x>y</a>z', "yz", False),
    ],
)
def test_visible_text(html: str, text: str, hides: bool) -> None:
    assert visible(html) == (text, hides)


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: text/html\n\n" + b"<a " * 700_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 500_000,
        b"Content-Type: text/html\n\n" + b"<div>" * 400_000,
        b"Content-Type: message/rfc822\n\n" * 60_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 40_000,
        b"Subject: x" + b"\n a" * 700_000,
        b"From: " + b"(" * 4_000 + b"\n\n",
        b"Subject: x\n\n" + b"a" * 5_000_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000)),
    ],
    ids=[
        "tags",
        "comments",
        "nested tags",
        "forwards",
        "parts",
        "folds",
        "comment",
        "one line",
        "nested parts",
    ],
)
def test_nothing_takes_long(data: bytes) -> None:
    began = time.process_time()
    mail = parse(data)
    assert time.process_time() - began < 5
    if len(data) > LARGEST:
        assert mail.problems[0].startswith("Only the first 2 MB")
