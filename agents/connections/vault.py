"""Decrypts connections' secrets, and says what to do when a key is missing."""

from portal.sealing import Sealed, unseal


class VaultError(Exception):
    """A stored secret cannot be read with the keys that are configured."""


def decrypt(stored: bytes) -> str:
    """Raises VaultError when no key of ``PORTAL_ENCRYPTION_KEYS`` fits."""
    if not stored:
        return ""
    try:
        return unseal(bytes(stored))
    except Sealed as error:
        raise VaultError(
            "The connection's secret cannot be decrypted. Put the key it was stored with into "
            "PORTAL_ENCRYPTION_KEYS, or enter the secret again on the connection's page."
        ) from error
