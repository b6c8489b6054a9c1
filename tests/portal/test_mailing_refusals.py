"""What a mail server may say to a notice: nothing is lost, nobody is given up whom an admin can help."""

from typing import Any

import pytest

from portal import scrubbing
from portal.env_outgoing import NONE, Smtp
from portal.mailing import letters
from portal.mailing.channel import MAIL
from portal.notices.channels import Away, Refused
from portal.people.models import Person
from tests.cast import Cast
from tests.portal.post_office import PASSWORD, Post, _posts, post
from tests.portal.told_by_mail import known, received, server, shown, smtp

__all__ = ["_posts", "known", "post", "server"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "everybody", "wait"),
    [
        ("450 4.2.0 greylisted", False, 300),
        ("452 4.2.2 mailbox full", False, 300),
        ("554 5.7.1 Relay access denied", False, 300),
    ],
)
def test_a_recipient_that_waits_is_tried_again_after_minutes(
    cast: Cast, server: Post, said: str, everybody: bool, wait: float
):
    server.refuses = {"mia.park@example.com": said}
    with pytest.raises(Away) as caught:
        MAIL.send(cast.mia, [shown(1)])
    assert (caught.value.everybody, caught.value.retry_after) == (everybody, wait)
    MAIL.send(cast.lea, [shown(1)])
    server.refuses = {}
    MAIL.send(cast.mia, [shown(1)])
    assert len(server.letters) == 2


def test_a_recipient_that_is_not_there_is_not_tried_again(cast: Cast, server: Post):
    server.refuses = {"mia.park@example.com": "550 5.1.1 mia.park@example.com: no such person"}
    with pytest.raises(Refused) as caught:
        MAIL.send(cast.mia, [shown(1)])
    assert caught.value.why == {"code": "mail.refused", "params": {"host": "localhost"}}


def test_a_mail_that_was_taken_without_a_word_is_sent_again_as_the_same(cast: Cast, server: Post):
    server.answers = [None]
    with pytest.raises(Away) as caught:
        MAIL.send(cast.mia, [shown(1)])
    assert not caught.value.everybody
    MAIL.send(cast.mia, [shown(1)])
    first, second = received(server)
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"password": "wrong password"}, "mail.closed"),
        ({"user": "", "password": ""}, "mail.closed"),
        ({"port": 1}, "mail.away"),
    ],
)
def test_what_an_admin_can_mend_is_never_given_up(
    cast: Cast,
    server: Post,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    changed: dict[str, Any],
    code: str,
):
    port = changed.pop("port", server.port)
    good = smtp(server, **changed)
    settings.SMTP = Smtp(good.host, port, good.security, good.sender, good.address, good.user, good.password)
    with pytest.raises(Away) as caught:
        MAIL.send(cast.mia, [shown(1)])
    assert (caught.value.everybody, caught.value.why["code"]) == (True, code)
    assert "mia.park" not in caplog.text
    assert "wrong password" not in caplog.text
    assert server.letters == []


def test_no_mail_without_a_certificate_that_is_good(cast: Cast, server: Post, settings: Any):
    settings.OWN_CA = ""
    with pytest.raises(Away) as caught:
        MAIL.send(cast.mia, [shown(1)])
    assert caught.value.everybody
    settings.SMTP = smtp(server, security=NONE)
    with pytest.raises(Away):
        MAIL.send(cast.mia, [shown(1)])
    assert server.letters == []


def test_the_password_is_in_no_text(cast: Cast, server: Post, settings: Any):
    MAIL.send(cast.mia, [shown(1)])
    assert PASSWORD not in repr(settings.SMTP)
    assert scrubbing.scrubbed(f"sent {PASSWORD}") == "sent •••"


@pytest.mark.parametrize(
    "wrong", ["person-7@portal.invalid", "ö@example.com", "no-at", "a b@example.com", "@", ""]
)
def test_addresses_that_are_none(cast: Cast, server: Post, wrong: str):
    cast.mia.email = wrong
    assert not MAIL.may(cast.mia)
    with pytest.raises(Refused):
        MAIL.send(cast.mia, [shown(1)])


def test_a_domain_in_other_letters(cast: Cast, server: Post):
    cast.mia.email = "mia@bücher.example"
    MAIL.send(cast.mia, [shown(1)])
    assert server.letters[0].rcpt_tos == ["mia@xn--bcher-kva.example"]


def test_without_a_server_there_is_no_channel(settings: Any, cast: Cast):
    settings.SMTP = None
    assert not MAIL.ready()
    assert letters.subject([shown(1, "word " * 60)]) == "A question waits for me"
    assert isinstance(cast.mia, Person)
