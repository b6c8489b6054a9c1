"""Credentials that end: providers and tokens say when, and their person hears of it two weeks before."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.connections import health, tokens
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors import lasting
from agents.connectors.base import Checked
from agents.connectors.mail.servers.troubles import refused
from tests import builders
from tests.agents.oidc import Provider
from tests.agents.test_connections_sign_in import provider, signed_in
from tests.cast import Cast, as_

__all__ = ["provider"]
DAY = 86_400


@pytest.fixture
def short(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Refresh tokens of this provider last a week."""
    whole = provider.tokens
    monkeypatch.setattr(provider, "tokens", lambda: whole() | {"refresh_token_expires_in": 7 * DAY})
    return provider


def days(box: Connection) -> float:
    box.refresh_from_db()
    assert box.secret_ends_at is not None
    return (box.secret_ends_at - timezone.now()) / timedelta(days=1)


@pytest.mark.django_db
def test_a_grant_that_lasts_a_week_is_told_and_a_refresh_moves_it(cast: Cast, short: Provider) -> None:
    box = signed_in(cast, short)
    assert 6.9 < days(box) <= 7
    assert box in Connection.objects.ending(timezone.now())
    assert "Its credentials end soon" in as_(cast.mia).get("/").text
    Connection.objects.update(secret_ends_at=timezone.now() + timedelta(days=1))
    Access.objects.update(token_ends_at=timezone.now())
    box.context().token()
    assert 6.9 < days(box) <= 7


@pytest.mark.django_db
def test_a_new_sign_in_forgets_the_end_of_the_one_before(cast: Cast, provider: Provider) -> None:
    box = signed_in(cast, provider)
    Connection.objects.update(secret_ends_at=timezone.now())
    browser = as_(cast.mia)
    browser.get(provider.sign_in(browser.get(f"/connections/{box.pk}/sign-in/company/")["Location"]))
    box.refresh_from_db()
    assert box.secret_ends_at is None


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, None),
        ({"refresh_expires_in": 0}, None),
        ({"refresh_expires_in": 1800}, timedelta(minutes=30)),
        ({"refresh_token_expires_in": "604800"}, timedelta(days=7)),
        ({"refresh_token_expires_in": "soon"}, None),
        ({"refresh_token_expires_in": 10**30}, None),
    ],
)
def test_what_providers_say(told: dict[str, Any], found: timedelta | None) -> None:
    assert tokens.ending(told) == found


def token(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


def test_a_token_that_was_entered_says_when_it_ends() -> None:
    end = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert lasting.ends_at(token(exp=end.timestamp())) == end
    for other in ("", "pa.ss.word", "no-token", token(), token(exp="never"), token(exp=1e300), "a" * 10**6):
        assert lasting.ends_at(other) is None


@pytest.mark.django_db
def test_what_a_test_of_the_connection_found_is_kept(cast: Cast) -> None:
    box = builders.own_mail(cast.mia)
    end = timezone.now() + timedelta(days=3)
    health.take(box, health.Found(Checked("fine", ends_at=end), "fine"))
    assert 2.9 < days(box) <= 3
    assert box.ends_soon


def test_an_expired_password_is_said() -> None:
    assert "has expired" in str(refused("imap.example.com", "[EXPIRED] Password has expired"))
    assert "refused the sign-in" in str(refused("imap.example.com", "[AUTHENTICATIONFAILED] No"))
