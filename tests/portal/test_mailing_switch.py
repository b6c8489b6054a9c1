"""The link in a mail stops such mails in one click, without a sign-in, for its person alone; another resumes them."""

from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client

from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.mailing import switching
from portal.mailing.channel import MAIL
from portal.notices.models import Choice, Delivery
from portal.notices.telling import tell
from tests.cast import Browser, Cast
from tests.portal.post_office import Post, _posts, post
from tests.portal.told_by_mail import known, received, server, shown

__all__ = ["_posts", "known", "post", "server"]
pytestmark = pytest.mark.django_db


def path(cast: Cast, *kinds: str) -> str:
    return urlsplit(switching.link(cast.mia, kinds)).path


def off(cast: Cast) -> set[str]:
    return set(Choice.objects.filter(person=cast.mia, on=False).values_list("kind", flat=True))


def test_a_mail_provider_presses_it(cast: Cast, server: Post):
    """As RFC 8058 says: no cookie, no token of a form, a body of two words."""
    MAIL.send(cast.mia, [shown(1), shown(2, kind="t.end"), shown(3)])
    header = received(server)[0]["List-Unsubscribe"].strip("<>")
    provider = Client(enforce_csrf_checks=True)
    assert provider.post(urlsplit(header).path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert off(cast) == {"t.ask", "t.end"}
    entry = Entry.objects.get(event="notices.chosen")
    assert (entry.actor_id, entry.target_id) == (cast.mia.pk, cast.mia.pk)
    assert entry.details == {"off": ["t.ask", "t.end"]}


def test_who_only_looks_changes_nothing_and_who_presses_can_take_it_back(cast: Cast):
    """Programs that look through mails open every link."""
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get(path(cast, "t.ask")).content.decode()
    assert "Stop these mails?" in page
    assert "A question waits for me" in page
    assert off(cast) == set()
    assert "These mails are stopped" in browser.post(path(cast, "t.ask")).content.decode()
    assert off(cast) == {"t.ask"}
    page = browser.get(path(cast, "t.ask")).content.decode()
    assert f'action="{path(cast, "t.ask")}resumption/"' in page
    browser.post(f"{path(cast, 't.ask')}resumption/")
    assert "Stop these mails?" in browser.get(path(cast, "t.ask")).content.decode()
    assert off(cast) == set()


def test_what_waits_to_be_mailed_is_not(cast: Cast, server: Post):
    tell([cast.mia, cast.lea], "t.ask", cast.support, "/")
    tell([cast.mia], "t.end", cast.support, "/")
    Client().post(path(cast, "t.ask"))
    waiting = Delivery.objects.filter(channel="mail", dropped_at=None)
    assert {(one.person, one.notice.kind) for one in waiting} == {(cast.lea, "t.ask"), (cast.mia, "t.end")}
    tell([cast.mia], "t.ask", cast.sales, "/")
    assert waiting.filter(person=cast.mia).count() == 1


def test_links_of_somebody_else_old_ones_and_ones_that_were_made_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    good = switching.token(cast.mia, ["t.ask"])
    forged = signing.dumps([cast.mia.pk, "t.ask"], salt="another")
    for token in ("x", f"{good}x", good[:-1], forged, "a" * 2000):
        answer = Client().post(f"/notices/mail/{token}/")
        assert (answer.status_code, b"too old" in answer.content) == (410, True)
    monkeypatch.setattr(switching, "AGE", -1)
    assert Client().post(f"/notices/mail/{good}/").status_code == 410
    monkeypatch.undo()
    people.deactivate(cast.ada, cast.mia)
    assert Client().post(f"/notices/mail/{good}/").status_code == 410
    assert off(cast) == set()


def test_a_kind_that_is_gone_is_no_trouble(cast: Cast):
    assert Client().post(path(cast, "t.gone", "t.ask")).status_code == 200
    assert off(cast) == {"t.ask"}
