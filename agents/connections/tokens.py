"""Access tokens that are good for now. Where many workers need a new one at once, one of them fetches it."""

import base64
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from django.db.models import Q

from agents.connections import providers
from agents.connections.access import Access
from agents.connections.providers import Provider
from agents.connectors.base import ConnectorError, Unavailable
from portal.outgoing import Away, OutgoingError, Unanswered
from portal.outgoing.http import Answer, Client
from portal.sealing import Sealed
from portal.sessions import database_now

SPARE = timedelta(seconds=60)  # that a token must last at least
USUAL = 3600  # seconds that one lasts, where the provider does not say
LONGEST = timedelta(seconds=40)  # that one worker fetches
SECONDS = 25.0
# What providers call the time that a refresh token lasts: Google and Microsoft, Keycloak.
ENDS = ("refresh_token_expires_in", "refresh_expires_in")
LOOK = 0.2  # seconds between two looks whether another worker is done


class TurnedDown(Exception):
    """The provider does not take what it was shown: the person has to sign in again."""


def fresh_token(access: int, refused: str = "") -> str:
    """Raises ConnectorError, Unavailable where it may work in a moment. ``refused``: one that is worth nothing now."""
    until = time.monotonic() + LONGEST.total_seconds()
    for _ in range(int(LONGEST.total_seconds() / LOOK)):
        row = Access.objects.standing().filter(pk=access).first()
        if row is None or row.refused_at is not None:
            raise ConnectorError(again(row.provider if row else ""))
        now = database_now()
        if (token := _good(row, now, refused)) is not None:
            return token
        if _mine(row, now):
            return _fetched(row)
        if time.monotonic() > until:
            break
        time.sleep(LOOK)
    raise Unavailable("Another call is fetching a new token and has not come back.")


def again(provider: str) -> str:
    known = providers.named(provider)
    title = known.title if known else "the provider"
    return f"The sign-in at {title} is not valid any more. Its person can sign in again on the connection's page."


def _good(row: Access, now: datetime, refused: str) -> str | None:
    if row.token_ends_at <= now + SPARE:
        return None
    token = str(_kept(row).get("access", ""))
    return token if token and token != refused else None


def _mine(row: Access, now: datetime) -> bool:
    """Is it this worker's to fetch? Then until it is done, or for so long that it must be dead."""
    free = Q(refreshing_until__isnull=True) | Q(refreshing_until__lte=now)
    rows = Access.objects.standing().filter(free, pk=row.pk, token_ends_at=row.token_ends_at)
    return bool(rows.update(refreshing_until=now + LONGEST))


def _fetched(row: Access) -> str:
    try:
        told = _refreshed(row)
    except TurnedDown:
        now = database_now()
        Access.objects.filter(pk=row.pk).update(refused_at=now, refreshing_until=None)
        _look_soon(row, now)
        raise ConnectorError(again(row.provider)) from None
    except ConnectorError:
        Access.objects.filter(pk=row.pk).update(refreshing_until=None)
        raise
    row.keep(told)
    Access.objects.filter(pk=row.pk).update(
        tokens=row.tokens, token_ends_at=row.token_ends_at, refreshing_until=None
    )
    return told["access"]


def _refreshed(row: Access) -> dict[str, str]:
    """New tokens. Raises TurnedDown, ConnectorError."""
    provider = providers.named(row.provider)
    if provider is None:
        raise ConnectorError(f"PORTAL_OAUTH no longer names {row.provider}. An admin can bring it back.")
    refresh = str(_kept(row).get("refresh", ""))
    if not refresh:
        raise TurnedDown
    told = ask(provider, {"grant_type": "refresh_token", "refresh_token": refresh})
    now = database_now()
    row.token_ends_at = now + lasting(told)
    if (left := ending(told)) is not None:
        type(row.connection).objects.filter(pk=row.connection_id).update(secret_ends_at=now + left)
    return {"access": str(told["access_token"]), "refresh": str(told.get("refresh_token") or refresh)}


def ask(provider: Provider, fields: dict[str, str]) -> dict[str, Any]:
    """What the provider's token endpoint answers. Raises TurnedDown, ConnectorError, Unavailable."""
    answer = post(provider, provider.token, fields)
    told = _read(answer)
    if answer.ok and told.get("access_token"):
        return told
    if answer.status >= 500 or answer.status == 429:
        raise Unavailable(f"{provider.title} cannot give a token now ({answer.status}).")
    if told.get("error") in {"invalid_grant", "access_denied", "interaction_required", "consent_required"}:
        raise TurnedDown
    raise ConnectorError(
        f"{provider.title} gives no token ({answer.status}). An admin can check what PORTAL_OAUTH says of it."
    )


def post(provider: Provider, url: str, fields: dict[str, str]) -> Answer:
    """As the provider's client. Never sent twice by itself: a token for new ones is good once.

    Raises ConnectorError, Unavailable.
    """
    sent, headers = dict(fields), {"Accept": "application/json"}
    if provider.basic:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        sent["client_id"] = provider.client_id
        if provider.client_secret:
            sent["client_secret"] = provider.client_secret
    return _asked(provider, "POST", url, headers, sent)


def told_about(provider: Provider, token: str) -> dict[str, Any]:
    """What the provider says of the person whose token this is. Raises ConnectorError, Unavailable."""
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    answer = _asked(provider, "GET", provider.userinfo, headers)
    return _read(answer) if answer.ok else {}


def _asked(
    provider: Provider, method: str, url: str, headers: dict[str, str], fields: dict[str, str] | None = None
) -> Answer:
    try:
        with Client(inside=provider.inside, seconds=SECONDS, most=100_000) as http:
            return http.request(method, url, data=fields, headers=headers)
    except (Away, Unanswered) as error:
        raise Unavailable(f"{provider.title} cannot be reached now. {error}") from None
    except OutgoingError as error:
        raise ConnectorError(f"{provider.title} cannot be reached. {error}") from None


def lasting(told: dict[str, Any]) -> timedelta:
    """How long the token is good, as its provider says; a day at most."""
    seconds = str(told.get("expires_in", ""))
    whole = int(seconds) if seconds.isdecimal() else USUAL
    return timedelta(seconds=min(whole, 86_400))


def ending(told: dict[str, Any]) -> timedelta | None:
    """After which time the person has to sign in again; None where the provider names none (0: never)."""
    for name in ENDS:
        seconds = str(told.get(name, ""))
        if seconds.isdecimal() and 0 < int(seconds) < 10**9:
            return timedelta(seconds=int(seconds))
    return None


def _kept(row: Access) -> dict[str, Any]:
    try:
        return row.kept()
    except Sealed:
        raise ConnectorError(
            "The tokens of this sign-in cannot be decrypted. Put the key they were stored with into "
            "PORTAL_ENCRYPTION_KEYS, or sign in again on the connection's page."
        ) from None


def _read(answer: Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except OutgoingError:
        return {}
    return told if isinstance(told, dict) else {}


def _look_soon(row: Access, now: datetime) -> None:
    """The clock tests the connection next, so that its person is told."""
    type(row.connection).objects.filter(pk=row.connection_id).update(check_at=now)
