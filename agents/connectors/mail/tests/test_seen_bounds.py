"""No mail keeps a worker busy or fills its memory, whatever its markup and its styles are."""

import time

import pytest

from agents.connectors.mail.parse import LARGEST, parse
from agents.connectors.mail.seen import page, tree
from agents.connectors.mail.seen.bounds import MOST_CLONES
from agents.connectors.mail.tests.test_parsing import letter


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: text/html\n\n" + b"<a " * 700_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 500_000,
        b"Content-Type: text/html\n\n" + b"<div>" * 400_000,
        b"Content-Type: message/rfc822\n\n" * 60_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" * 40_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\nContent-Type: text/html\n\n<p><i>a<td>" * 50_000,
        b"Subject: x" + b"\n a" * 700_000,
        b"From: " + b"(" * 4_000 + b"\n\n",
        b"Subject: x\n\n" + b"a" * 9_000_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000)),
    ],
    ids=[
        "tags",
        "comments",
        "nested tags",
        "forwards",
        "parts",
        "pages",
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
        assert mail.problems[0].startswith(f"Only the first {LARGEST >> 20} MB")


def rules(number: int, rule: str) -> str:
    return f"<style>{''.join(rule.format(n=n) for n in range(number))}</style>"


HOSTILE = {
    "open formatting": "<p>" + "".join(f"<b x={n}>" for n in range(5_000)) + "<p>x" * 9_000,
    "formatting across blocks": "<a><div>" * 5_000 + "</a>" * 5_000,
    "nested quotations": "<blockquote>x" * 20_000,
    "nested tables": "<table><td>" * 8_000,
    "long chains": rules(3_000, "div div div div div .x{{color:red}}") + "<div>" * 10_000 + "<p>x",
    "rules for all": rules(4_000, "*{{color:red}}") + "<p>x" * 4_000,
    "rules of attributes": rules(3_000, "[a{n}*=b]{{color:red}}") + "<p class=a a=b>x" * 1_000,
    "rules for none": rules(3_000, "p:not(.a{n}){{color:red}}") + "<p>x" * 1_000,
    "brackets in rules": "<style>" + ":not(" * 25_000 + "</style>x",
    "rules in rules": "<style>" + "@media screen{" * 10_000 + "a{color:red}</style>x",
    "colours in gradients": "<p style='background:linear-gradient("
    + "rgba(1,2,3,.5)," * 900
    + "red)'>x" * 20,
    "many styles": "".join(f"<p style='color:#{n:06x};font-size:{n}px'>x" for n in range(5_000)),
    "many classes": rules(3_000, ".a.b{n}{{color:red}}") + f"<p class='a {'x ' * 900}'>y" * 100,
    "many links": "".join(f"<a href='//a{n}.example'>x.example</a>" for n in range(5_000)),
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_page_is_too_much(html: str) -> None:
    began = time.process_time()
    page.read(html)
    assert time.process_time() - began < 5


def test_open_formatting_makes_no_forest() -> None:
    root, whole = tree.parse(HOSTILE["open formatting"])
    nodes, todo = 0, [root]
    for node in todo:
        nodes += 1
        todo += getattr(node, "children", None) or []
    assert not whole
    assert nodes < 2 * MOST_CLONES + 50_000


def test_what_was_not_looked_at_is_said() -> None:
    said = "Not all of its styles could be read; its reader may not see some of its text."
    for styles in (
        "*{color:red}" * 20_000,
        "p:has(b){display:none}",
        "p{color:red;b{display:none}}",
        "p{display:var(--x)}",
        "p{color:color-mix(in srgb, #fff, #fff)}",
    ):
        html = f"<style>{styles}</style><p>Hello"
        assert parse(letter(html, Content_Type="text/html")).problems == (said,)
    cut = parse(letter("<p>Hello" + "<b></b>" * 50_000, Content_Type="text/html"))
    assert (cut.text, cut.problems) == ("Hello", ("Its text is very long; only its beginning was read.",))
