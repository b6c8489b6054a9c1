"""The sign-in for a person's own connection, at a certified OpenID provider."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from agents.connections import signing_in
from agents.connections.access import Access
from agents.connectors.base import ConnectorError, Unavailable
from agents.lifecycle.connections import remove_connection
from tests import builders
from tests.agents.openid import SIGNED_IN, OpenID, about_over, provider, signs_in, stored
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certified() -> Iterator[OpenID]:
    with tempfile.TemporaryDirectory(prefix="openid-") as folder, provider(Path(folder), code=2) as running:
        yield running


@pytest.fixture
def openid(certified: OpenID, settings: Any) -> OpenID:
    settings.OAUTH = certified.said()
    return certified


def test_signed_in_refreshed_and_revoked_when_the_connection_goes(cast: Cast, openid: OpenID) -> None:
    box = builders.own_mail(cast.mia)
    assert SIGNED_IN in signs_in(cast, openid, box)
    context, first = box.context(), stored()
    assert context.account == cast.mia.email
    assert openid.knows(context.token())["sub"] == cast.mia.email
    about_over()
    second = context.token()
    assert second != first["access"]
    assert openid.knows(second)["active"]
    assert stored()["refresh"] != first["refresh"], "this provider gives a new one each time"
    about_over()
    assert openid.knows(context.token())["active"], "and the new one is good"
    last = stored()
    remove_connection(cast.mia, box)
    signing_in.revoke_ended()
    assert not openid.knows(last["access"])["active"]
    assert not openid.knows(last["refresh"])["active"]
    row = Access.objects.get()
    assert (row.told, bytes(row.tokens)) == (True, b"")


def test_signing_in_anew_ends_what_stood_and_not_what_is_new(cast: Cast, openid: OpenID) -> None:
    """This provider ends every token of the person when it is told to end one."""
    box, browser = builders.own_mail(cast.mia), openid.browser()
    for _ in range(2):
        assert SIGNED_IN in signs_in(cast, openid, box, browser)
    signing_in.revoke_ended()
    assert openid.knows(box.context().token())["active"]
    other = builders.own_mail(cast.mia, name="Second")
    assert SIGNED_IN in signs_in(cast, openid, other, browser)
    remove_connection(cast.mia, box)
    signing_in.revoke_ended()
    about_over()
    assert openid.knows(other.context().token())["active"]
    signing_in.sign_out(cast.mia, Access.objects.standing().get())
    signing_in.revoke_ended()
    assert {(row.told, bytes(row.tokens)) for row in Access.objects.all()} == {(True, b"")}


def test_what_the_person_refuses_changes_nothing(cast: Cast, openid: OpenID) -> None:
    box = builders.own_mail(cast.mia)
    assert signing_in.TURNED_DOWN in signs_in(cast, openid, box, refuses=True)
    with pytest.raises(ConnectorError, match="Nobody has signed in"):
        box.context().token()
    assert SIGNED_IN in signs_in(cast, openid, box), "and they can change their mind"


def without(address: str, name: str, value: str) -> str:
    return address.replace(f"{name}={parse_qs(urlsplit(address).query)[name][0]}", f"{name}={value}")


def issuer(back: str) -> str:
    return back.replace("iss=http%3A", "iss=https%3A")


def test_an_answer_that_is_not_to_this_question_is_refused(cast: Cast, openid: OpenID, settings: Any) -> None:
    box, told = builders.own_mail(cast.mia), []
    told.append(signs_in(cast, openid, box, changed=lambda back: without(back, "state", "another")))
    told.append(signs_in(cast, openid, box, changed=lambda back: without(back, "code", "another")))
    told.append(signs_in(cast, openid, box, changed=issuer))
    told.append(signs_in(cast, openid, box, name="olga@example.com"))
    settings.OAUTH = openid.said(issuer="https://other.example")
    told.append(signs_in(cast, openid, box, changed=lambda back: back.partition("&iss=")[0]))
    settings.OAUTH = openid.said(scopes=["openid", "email", "mail"])
    told.append(signs_in(cast, openid, box))
    settings.OAUTH = openid.said(scopes=["openid", "email", "offline_access", "mail", "unknown"])
    told.append(signs_in(cast, openid, box))
    settings.OAUTH = openid.said(extra={"prompt": "none"})
    told.append(signs_in(cast, openid, box))
    words = (
        "not begun here", "did not allow it", "did not allow it", "You signed in as olga@example.com",
        "does not say who signed in", "access for an hour only", "(unknown)", "(“login_required”)",
    )  # fmt: skip
    for text, says in zip(told, words, strict=True):
        assert says in text
    assert Access.objects.count() == 0


def test_the_nonce_is_of_this_sign_in(cast: Cast, openid: OpenID) -> None:
    """Somebody else's code with its verifier, into this session: the ID token speaks of another sign-in."""
    box, mine = builders.own_mail(cast.mia), as_(cast.mia)
    back = openid.browser().goes(
        mine.get(f"/connections/{box.pk}/sign-in/company/")["Location"], cast.mia.email
    )
    session = mine.session
    session[signing_in.KEPT] = {**session[signing_in.KEPT], "nonce": "another"}
    session.save()
    assert "does not say who signed in" in mine.get(back, follow=True).text


def test_a_code_that_is_too_old_and_one_that_was_used(cast: Cast, openid: OpenID) -> None:
    box, mine = builders.own_mail(cast.mia), as_(cast.mia)
    away = mine.get(f"/connections/{box.pk}/sign-in/company/")["Location"]
    kept = mine.session[signing_in.KEPT]
    back = openid.browser().goes(away, cast.mia.email)
    time.sleep(2.2)
    assert signing_in.TURNED_DOWN in mine.get(back, follow=True).text
    away = mine.get(f"/connections/{box.pk}/sign-in/company/")["Location"]
    kept = mine.session[signing_in.KEPT]
    back = openid.browser().goes(away, cast.mia.email)
    assert SIGNED_IN in mine.get(back, follow=True).text
    session = mine.session
    session[signing_in.KEPT] = kept  # as a thief of the answer would have it
    session.save()
    assert signing_in.TURNED_DOWN in mine.get(back, follow=True).text
    about_over()
    with pytest.raises(ConnectorError, match="sign in again"):  # all of that code's tokens are ended there
        box.context().token()


def test_the_provider_knows_nothing_of_it_any_more(cast: Cast, openid: OpenID) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, openid, box)
    openid.revoke(stored()["refresh"])
    about_over()
    for _ in range(2):
        with pytest.raises(ConnectorError, match="sign in again on the connection's page"):
            box.context().token()
    page = as_(cast.mia).get(box.get_absolute_url()).text
    assert "not valid any more" in page
    assert "Sign in at" in page


def test_a_provider_that_is_away(cast: Cast, openid: OpenID, settings: Any) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, openid, box)
    settings.OAUTH = openid.said(token="http://127.0.0.1:9/token", revoke="http://127.0.0.1:9/revoke")
    assert "cannot be reached now" in signs_in(cast, openid, builders.own_mail(cast.mia, name="Second"))
    about_over()
    with pytest.raises(Unavailable, match="cannot be reached now"):
        box.context().token()
    remove_connection(cast.mia, box)
    signing_in.revoke_ended()
    settings.OAUTH = openid.said()
    Access.objects.update(revoke_at=timezone.now())
    kept = Access.objects.get().kept()
    signing_in.revoke_ended()
    assert not openid.knows(kept["access"])["active"], "it is told as soon as it is back"


def test_a_provider_that_names_people_only_where_it_is_asked(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    """And takes the portal's secret in a header."""
    with provider(tmp_path, told=False) as openid:
        wanted = ["openid", "email", "offline_access"]
        settings.OAUTH = openid.said(scopes=wanted)
        box = builders.own_mail(cast.mia)
        assert "does not say who signed in" in signs_in(cast, openid, box)
        settings.OAUTH = openid.said(scopes=wanted, userinfo=f"{openid.url}/me")
        assert "You signed in as olga@example.com" in signs_in(cast, openid, box, name="olga@example.com")
        assert SIGNED_IN in signs_in(cast, openid, box)
