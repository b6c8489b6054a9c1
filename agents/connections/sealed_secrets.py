"""The secrets of a connection, encrypted as one value: a single one as it is, several by their names."""

import json
from collections.abc import Mapping

from agents.connectors.base import Connector
from agents.connectors.secrets_of import Secret
from portal.scrubbing import remember
from portal.sealing import Sealed, seal, unseal

ALONE = ""  # the name of a secret that is the only one of its kind of connection

# What is to change: by name the new secret; None takes the stored one away, an empty text leaves it.
Given = Mapping[str, str | None]


def declared(connector: Connector) -> tuple[Secret, ...]:
    """The secrets that this kind of connection has: none, one, or several."""
    if connector.secrets or not connector.secret_title:
        return connector.secrets
    return (Secret(ALONE, connector.secret_title),)


def opened(connector: Connector, stored: bytes) -> dict[str, str]:
    """By name, those that there are. Raises Sealed where no key of today opens them, or they are no such secrets."""
    if not stored:
        return {}
    text = unseal(stored)
    if not connector.secrets:
        return {ALONE: remember(text)}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Sealed from error
    if not isinstance(found, dict) or not all(isinstance(secret, str) for secret in found.values()):
        raise Sealed
    return {name: remember(secret) for name, secret in found.items()}


def changed(connector: Connector, stored: bytes, given: str | Given) -> bytes:
    """What is stored from now on. Where all are new, those that were stored need not open.

    Raises Sealed, and ValueError for a name that the connector does not declare.
    """
    new = {ALONE: given} if isinstance(given, str) else dict(given)
    new = {name: secret for name, secret in new.items() if secret != ""}
    names = {secret.name for secret in connector.secrets} or {ALONE}
    if unknown := set(new) - names:
        raise ValueError(f"{connector.title} has no secret {sorted(unknown)}.")
    if not new:
        return stored
    kept = {} if set(new) == names else opened(connector, stored)
    whole = {name: secret for name, secret in {**kept, **new}.items() if secret is not None}
    if not whole:
        return b""
    return seal(json.dumps(whole) if connector.secrets else whole[ALONE])
