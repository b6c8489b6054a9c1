"""Notices by mail: what they look like, what a server may say to them, and that nothing is lost or sent for another."""

import pytest

from portal.mailing.channel import MAIL
from tests.cast import Cast
from tests.portal.post_office import Post, _posts, post
from tests.portal.told_by_mail import known, part, received, server, shown

__all__ = ["_posts", "known", "post", "server"]
pytestmark = pytest.mark.django_db


def test_one_notice_is_a_mail_in_text_and_html(cast: Cast, server: Post):
    MAIL.send(cast.mia, [shown(7)])
    (letter,) = received(server)
    assert server.letters[0].rcpt_tos == ["mia.park@example.com"]
    assert server.letters[0].mail_from == "portal@example.com"
    assert letter["Subject"] == "Inbox triage asks you."
    assert (letter["From"], letter["To"]) == (
        "Agent Portal <portal@example.com>",
        "Mia Park <mia.park@example.com>",
    )
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    off = letter["List-Unsubscribe"].strip("<>")
    for kind in ("plain", "html"):
        body = part(letter, kind)
        for words in (
            "Inbox triage asks you.",
            "https://portal.example/notices/7/",
            "A question waits for me",
            off,
        ):
            assert words in body, (kind, words)
    assert "Hello Mia," in part(letter, "plain")


def test_several_are_one_mail_in_their_order(cast: Cast, server: Post):
    MAIL.send(cast.mia, [shown(number, f"Number {number}.") for number in range(1, 124)])
    (letter,) = received(server)
    assert letter["Subject"] == "123 notices from Agent Portal"
    for kind in ("plain", "html"):
        body = part(letter, kind)
        at = [body.index(f"Number {number}.") for number in range(1, 101)]
        assert at == sorted(at)
        assert "Number 101." not in body
        assert "And 23 more" in body


def test_the_same_notices_have_the_same_number_and_no_others(cast: Cast, server: Post):
    for told in ([shown(1)], [shown(1)], [shown(1), shown(2)], [shown(12)]):
        MAIL.send(cast.mia, told)
    MAIL.send(cast.lea, [shown(1)])
    numbers = [letter["Message-ID"] for letter in received(server)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 4
    assert all(number.endswith("@example.com>") for number in numbers)


def test_names_and_texts_cannot_write_headers_or_html(cast: Cast, server: Post):
    cast.mia.display_name = 'Mia "x" <evil@example.net>, Ünal'
    MAIL.send(cast.mia, [shown(1, "One\r\nBcc: evil@example.net\r\n<b>two</b> & three")])
    (letter,) = received(server)
    assert letter["To"].addresses[0].addr_spec == "mia.park@example.com"
    assert letter["To"].addresses[0].display_name == cast.mia.display_name
    assert (letter["Bcc"], len(letter["To"].addresses)) == (None, 1)
    assert letter["Subject"] == "One Bcc: evil@example.net <b>two</b> & three"
    assert "&lt;b&gt;two&lt;/b&gt; &amp; three" in part(letter, "html")
    assert "<b>two</b> & three" in part(letter, "plain")
