"""Sign-ins at providers that behave as Google and Microsoft say they do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.connections import signing_in
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors.base import ConnectorError
from agents.lifecycle.connections import remove_connection
from tests import builders
from tests.agents.large_providers import Google, Microsoft
from tests.agents.oidc import Provider
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
IMAP, SMTP = "https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send"


@pytest.fixture
def google(settings: Any, cast: Cast) -> Iterator[Google]:
    yield from _running(Google(), settings, cast)


@pytest.fixture
def microsoft(settings: Any, cast: Cast) -> Iterator[Microsoft]:
    yield from _running(Microsoft(), settings, cast)


def _running(provider: Any, settings: Any, cast: Cast) -> Iterator[Any]:
    provider.account, settings.OAUTH = cast.mia.email, provider.said
    yield provider
    provider.close()


def signs_in(cast: Cast, provider: Provider, box: Connection) -> str:
    (name,) = provider.said
    browser = as_(cast.mia)
    away = browser.get(f"/connections/{box.pk}/sign-in/{name}/")
    return browser.get(provider.sign_in(away["Location"]), follow=True).text


def about_over() -> None:
    Access.objects.standing().update(token_ends_at=timezone.now() + timedelta(seconds=30))


def test_google_gives_one_refresh_token_which_stays(cast: Cast, google: Google) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, google, box)
    kept = Access.objects.get().kept()
    for _ in range(2):
        about_over()
        assert box.context().token() != kept["access"]
    assert Access.objects.get().kept()["refresh"] == kept["refresh"]
    remove_connection(cast.mia, box)
    signing_in.revoke_ended()
    assert (google.good, Access.objects.get().told) == (set(), True)


def test_google_ends_all_tokens_at_once(cast: Cast, google: Google) -> None:
    """So neither a sign-in anew nor one that is not kept ends the one that stands."""
    box, other = builders.own_mail(cast.mia), builders.own_mail(cast.mia, name="Second")
    for place in (box, box, other):
        signs_in(cast, google, place)
    google.unticked = "https://mail.google.com/"
    text = signs_in(cast, google, builders.own_mail(cast.mia, name="Third"))
    assert "did not allow all that agents need here (https://mail.google.com/)" in text
    signing_in.revoke_ended()
    remove_connection(cast.mia, other)
    signing_in.revoke_ended()
    about_over()
    assert box.context().token()
    remove_connection(cast.mia, box)
    signing_in.revoke_ended()
    assert google.good == set()
    assert {bytes(row.tokens) for row in Access.objects.all()} == {b""}


def test_google_ended_it_by_itself(cast: Cast, google: Google) -> None:
    """After a new password, half a year without use, a week in testing: nothing tells the portal before."""
    box = builders.own_mail(cast.mia)
    signs_in(cast, google, box)
    google.good.clear()
    about_over()
    with pytest.raises(ConnectorError, match="Google is not valid any more"):
        box.context().token()
    remove_connection(cast.mia, box)
    signing_in.revoke_ended()
    assert bytes(Access.objects.get().tokens) == b"", "what it does not know is ended"


def test_microsoft_gives_a_new_refresh_token_each_time(cast: Cast, microsoft: Microsoft) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, microsoft, box)
    assert Access.objects.get().account == cast.mia.email
    seen = set()
    for _ in range(3):
        seen.add(Access.objects.get().kept()["refresh"])
        about_over()
        box.context().token()
    assert len(seen) == 3, "an old one ends after ninety days, the newest is kept"


def test_microsoft_cannot_be_told_and_its_page_is_named(cast: Cast, microsoft: Microsoft) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, microsoft, box)
    page = as_(cast.mia).post(f"/connections/{box.pk}/sign-out/", follow=True).text
    assert "Microsoft 365 cannot be told" in page
    assert "https://myapps.microsoft.com" in page
    signing_in.revoke_ended()
    row = Access.objects.get()
    assert (bytes(row.tokens), row.told, row.revoked_at is not None) == (b"", False, True)


def test_microsoft_is_asked_for_sending_only_where_it_is_possible(cast: Cast, microsoft: Microsoft) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, microsoft, box)
    assert microsoft.scope == IMAP
    box.settings |= {"smtp_host": "smtp.office365.com"}
    box.save()
    signs_in(cast, microsoft, box)
    assert microsoft.scope == f"{IMAP} {SMTP}"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("invalid_grant", "sign in again"),  # the password changed, ninety days without use
        ("interaction_required", "sign in again"),  # the company wants a second factor now
        ("invalid_client", "An admin can check what PORTAL_OAUTH says"),  # its secret has ended
    ],
)
def test_microsoft_says_no(cast: Cast, microsoft: Microsoft, error: str, words: str) -> None:
    box = builders.own_mail(cast.mia)
    signs_in(cast, microsoft, box)
    microsoft.refuses = {"error": error, "error_description": "AADSTS50076: …", "correlation_id": "1"}
    about_over()
    with pytest.raises(ConnectorError, match=words):
        box.context().token()
    if error == "invalid_client":  # once it is mended there, it goes on by itself
        microsoft.refuses = {}
        assert box.context().token()
