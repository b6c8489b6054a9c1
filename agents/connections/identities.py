"""Who signed in, and what they allowed: what a provider says of it, beside the tokens."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from agents.connections import tokens
from agents.connections.models import Connection
from agents.connections.providers import Provider
from agents.connectors import lasting
from portal.people.models import Person

CLOCKS = 120  # seconds that the provider's clock may be ahead or behind
ABOUT_WHO = {"openid", "email", "profile", "offline_access"}  # scopes that open nothing in the system itself


def account(provider: Provider, given: Mapping[str, Any], nonce: str) -> str:
    """The e-mail in the ID token: made for this portal and this sign-in, by this provider, still good.

    It came from the provider over TLS, in answer to our own request, so its signature says nothing more (OpenID
    Connect Core 3.1.3.7). Where it holds no e-mail, the provider is asked whose it is. Raises ValidationError.
    """
    try:
        claims = lasting.claims(str(given["id_token"]))
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        right = (
            issued_by(provider, claims["iss"], str(claims.get("tid", "")))
            and audience == [provider.client_id]
            and secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode())
            and float(claims["exp"]) > time.time() - CLOCKS
        )
        if right and provider.userinfo and not _named(claims):
            claims |= _asked(provider, given, str(claims["sub"]))
        found = _named(claims)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        right, found = False, ""
    if not right or "@" not in found or len(found) > 254 or claims.get("email_verified") is False:
        raise ValidationError(f"{provider.title} does not say who signed in. Begin the sign-in again.")
    return found


def unsure(given: Mapping[str, Any]) -> str:
    """Who signed in, by a token that need not be right; empty where it cannot be read."""
    try:
        return _named(lasting.claims(str(given["id_token"])))
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return ""


def refuse_another(actor: Person, connection: Connection, account: str) -> None:
    """In a personal connection agents act as its person, in a shared one as its own account and as no person.

    Raises ValidationError.
    """
    if connection.personal:
        if account.lower() != actor.email.lower():
            raise ValidationError(
                f"You signed in as {account}. Sign in as {actor.email}: agents act here in your name."
            )
        return
    own = connection.connector.account(connection.settings)
    if account.lower() != own.lower():
        raise ValidationError(
            f"You signed in as {account}. Sign in as {own}: agents act here as the account that the settings name."
        )
    if Person.objects.filter(email__iexact=account).exists():
        raise ValidationError(
            f"{account} is a person's own account. A shared connection needs one that is nobody's, or everybody's "
            "tasks would act in that person's name."
        )


def issued_by(provider: Provider, issuer: object, tenant: str = "") -> bool:
    """Is it the provider's own name? Some write theirs with or without ``https://``."""
    names = {provider.issuer, *provider.issuers}
    return issuer in {name.replace("{tid}", tenant) for name in names}


def refuse_less(provider: Provider, given: Mapping[str, Any], asked: list[str]) -> None:
    """People can untick a part. Raises ValidationError where that is needed."""
    if not (told := given.get("scope")):
        return  # as it was asked for (RFC 6749, 5.1)
    allowed = {scope.lower() for scope in str(told).split()}
    if left := [scope for scope in asked if scope.lower() not in allowed | ABOUT_WHO]:
        raise ValidationError(
            f"{provider.title} did not allow all that agents need here ({', '.join(left)}). "
            "Begin the sign-in again, and leave everything ticked there."
        )


def _named(claims: Mapping[str, Any]) -> str:
    return str(claims.get("email") or claims.get("preferred_username") or "")


def _asked(provider: Provider, given: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """What the provider says of the same person. Raises ValueError, KeyError."""
    told = tokens.told_about(provider, str(given["access_token"]))
    if told.get("sub") != subject:
        raise ValueError("It speaks of somebody else.")
    return {name: told[name] for name in ("email", "email_verified") if name in told}
