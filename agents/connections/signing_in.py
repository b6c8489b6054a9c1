"""A person signs in at a provider for a connection, signs out, and the provider is told of the end.

The code flow with PKCE. What is between the two requests lies in the person's session, and is good once.
"""

import base64
import hashlib
import logging
import re
import secrets
import time
from collections.abc import Mapping, MutableMapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q

from agents.connections import identities, providers, tokens
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connections.providers import Provider
from agents.connectors.base import ConnectorError
from agents.events import Event
from agents.permissions import ConnectionPermission
from portal.audit.record import action, detail, on
from portal.people.models import Person
from portal.sealing import Sealed
from portal.sessions import database_now

log = logging.getLogger(__name__)

KEPT = "connection_sign_in"  # in the session
MINUTES = 15  # that a person may take at the provider
TRIES = 8  # to tell the provider that a sign-in has ended
PAUSE = timedelta(minutes=1)  # before the second try; then twice as long each time
AT_ONCE = 20  # ended sign-ins of one round
CHECK = "An admin can check what PORTAL_OAUTH says of it."
TURNED_DOWN = "You did not allow it there, or the provider did not let you. Nothing has changed."


def begin(session: MutableMapping[str, Any], connection: Connection, provider: Provider, back: str) -> str:
    """The provider's address to send the person to; ``back``: the portal's, where it sends them afterwards."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    session[KEPT] = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "connection": connection.pk,
        "provider": provider.name,
        "scopes": (scopes := provider.wanted(connection.connector, connection.settings)),
        "at": time.time(),
    }
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        **provider.extra,
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{provider.authorize}{'&' if '?' in provider.authorize else '?'}{urlencode(asked)}"


def barred(actor: Person, connection: Connection) -> str:
    """Why this person cannot sign in for the connection; empty where they can."""
    if connection.personal:
        mine = connection.person_id == actor.pk
        return "" if mine else "Only its own person can sign in for a personal connection."
    if not connection.connector.account(connection.settings):
        return "Nobody can sign in for this connection: its settings name no account of its own."
    manages = connection.permits(actor, ConnectionPermission.MANAGE)
    return "" if manages else "Only an admin of this connection can sign in for it."


def asked_for(session: MutableMapping[str, Any], told: Mapping[str, str]) -> dict[str, Any]:
    """What this answer of a provider belongs to. Good once. Raises ValidationError where it is not this session's."""
    kept: dict[str, Any] = session.pop(KEPT, None) or {}
    state = str(told.get("state", ""))
    if not kept or not secrets.compare_digest(state.encode(), str(kept["state"]).encode()):
        raise ValidationError("This sign-in was not begun here, or is over already. Begin it again.")
    if time.time() - kept["at"] > MINUTES * 60:
        raise ValidationError("It took too long. Begin the sign-in again.")
    return kept


def finish(
    actor: Person, connection: Connection, kept: Mapping[str, Any], told: Mapping[str, str], back: str
) -> Access:
    """Exchange the code for tokens and keep them. Raises ValidationError; nothing has changed then."""
    provider = providers.named(kept["provider"])
    if provider is None or not _from(provider, told) or not told.get("code"):
        raise ValidationError(_turned_down(provider, told))
    fields = {
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": back,
        "code_verifier": kept["verifier"],
    }
    try:
        given = tokens.ask(provider, fields)
    except tokens.TurnedDown:
        raise ValidationError(TURNED_DOWN) from None
    except ConnectorError as error:
        raise ValidationError(str(error)) from None
    try:
        account = _taken(actor, connection, provider, kept, given)
    except ValidationError:
        _let_go(provider, connection, given)
        raise
    return sign_in(actor, connection, provider=provider, account=account, given=given)


def _from(provider: Provider, told: Mapping[str, str]) -> bool:
    """Another provider may not answer in its place (RFC 9207); not all say who they are."""
    return not told.get("iss") or identities.issued_by(provider, told["iss"])


def _turned_down(provider: Provider | None, told: Mapping[str, str]) -> str:
    error = told.get("error", "")
    if provider is None or error in {"", "access_denied", "consent_required", "interaction_required"}:
        return TURNED_DOWN
    if error in {"server_error", "temporarily_unavailable"}:
        return f"{provider.title} cannot sign people in now. Begin the sign-in again in a while."
    said = f" (“{error}”)" if re.fullmatch(r"[a-z_]{1,40}", error) else ""
    return f"{provider.title} does not take the request{said}. {CHECK}"


def _taken(
    actor: Person,
    connection: Connection,
    provider: Provider,
    kept: Mapping[str, Any],
    given: Mapping[str, Any],
) -> str:
    """Who signed in, where that is the right one and all is there that agents need. Raises ValidationError."""
    account = identities.account(provider, given, kept["nonce"])
    identities.refuse_another(actor, connection, account)
    identities.refuse_less(provider, given, kept["scopes"])
    if not given.get("refresh_token"):
        raise ValidationError(
            f"{provider.title} gave access for an hour only. An admin can let it give refresh tokens."
        )
    return account


def _let_go(provider: Provider, connection: Connection, given: Mapping[str, Any]) -> None:
    """Tokens that are not kept are given back, unless a sign-in that stands may end with them."""
    account = identities.unsure(given)
    same = Q(connection=connection) | Q(account__iexact=account)
    if Access.objects.standing().filter(same, provider=provider.name).exists():
        return
    try:
        _revoked(provider, str(given.get("refresh_token") or given["access_token"]))
    except ConnectorError as error:
        log.warning("A token that is not kept could not be revoked: %s", error)


@action(Event.CONNECTION_SIGNED_IN)
def sign_in(
    actor: Person, connection: Connection, *, provider: Provider, account: str, given: Mapping[str, Any]
) -> Access:
    """Keep what the provider gave. One that stood before ends. Raises ValidationError."""
    row = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    row.refuse_removed()
    if why := barred(actor, row):
        raise ValidationError(why)
    now = database_now()
    Access.objects.standing().filter(connection=row).update(ended_at=now, revoke_at=now)
    made = Access(connection=row, person=actor, provider=provider.name, account=account)
    made.keep({"access": str(given["access_token"]), "refresh": str(given["refresh_token"])})
    made.token_ends_at = now + tokens.lasting(dict(given))
    made.save()
    left = tokens.ending(dict(given))  # what was known of the sign-in before is over
    Connection.objects.filter(pk=row.pk).update(check_at=now, secret_ends_at=now + left if left else None)
    on(row)
    detail(provider=provider.title, account=account)
    return made


@action(Event.CONNECTION_SIGNED_OUT)
def sign_out(actor: Person | str, access: Access) -> Access:
    """It ends here at once; the provider is told by the clock. Raises ValidationError."""
    row = Access.objects.select_for_update().select_related("connection").get(pk=access.pk)
    if row.ended_at is not None:
        raise ValidationError("This sign-in has ended already.")
    row.ended_at = row.revoke_at = database_now()
    row.save(update_fields=["ended_at", "revoke_at"])
    known = providers.named(row.provider)
    on(row.connection)
    detail(provider=known.title if known else row.provider)
    return row


def sign_out_of(actor: Person | str, connection: Connection) -> None:
    """Part of the verbs by which a connection goes or its person leaves."""
    for access in Access.objects.standing().filter(connection=connection):
        sign_out(actor, access)


def revoke_ended() -> None:
    """Tell providers of sign-ins that ended here. Safe to run twice at once: revoking twice does no harm."""
    for row in list(Access.objects.to_revoke(database_now()).order_by("revoke_at")[:AT_ONCE]):
        try:
            _revoke(row)
        except Exception:
            log.exception("%s is broken; the others go on", row)


def _revoke(row: Access) -> None:
    """Where the provider cannot be told, its tokens are forgotten all the same after some tries."""
    row.revoke_tries += 1
    provider = providers.named(row.provider)
    try:
        told = provider is not None and _revoked(provider, str(row.kept().get("refresh", "")))
    except Sealed:
        told = False
    except ConnectorError as error:
        log.warning("%s could not be revoked: %s", row, error)
        if row.revoke_tries < TRIES:
            row.revoke_at = database_now() + PAUSE * 2 ** (row.revoke_tries - 1)
            row.save(update_fields=["revoke_tries", "revoke_at"])
            return
        told = False
    row.told, row.revoked_at, row.tokens = told, database_now(), b""
    row.save(update_fields=["told", "revoked_at", "revoke_tries", "tokens"])


def _revoked(provider: Provider, token: str) -> bool:
    """Did the provider confirm it? Not where it has no address for that. Raises ConnectorError."""
    if not provider.revoke or not token:
        return False
    answer = tokens.post(provider, provider.revoke, {"token": token, "token_type_hint": "refresh_token"})
    # A token that the provider does not know is revoked (some say so with 400).
    if answer.ok or answer.status == 400:
        return True
    raise ConnectorError(f"{provider.title} answered {answer.status}.")
