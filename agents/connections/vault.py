"""Encrypts connections' secrets (Fernet: AES-128-CBC, HMAC). The first key encrypts, every key decrypts."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class VaultError(Exception):
    """A stored secret cannot be read with the keys that are configured."""


def _fernet() -> MultiFernet:
    keys = (hashlib.sha256(key.encode()).digest() for key in settings.ENCRYPTION_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def encrypt(secret: str) -> bytes:
    return _fernet().encrypt(secret.encode()) if secret else b""


def decrypt(stored: bytes) -> str:
    """Raises VaultError when no key of ``PORTAL_ENCRYPTION_KEYS`` fits."""
    if not stored:
        return ""
    try:
        return _fernet().decrypt(stored).decode()
    except InvalidToken as error:
        raise VaultError(
            "The connection's secret cannot be decrypted. Put the key it was stored with into "
            "PORTAL_ENCRYPTION_KEYS, or enter the secret again on the connection's page."
        ) from error
