"""Encrypts what is stored and must not be read there (Fernet). The first key encrypts, every key decrypts."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Sealed(Exception):
    """None of the keys that are configured opens it."""


def _keys() -> list[Fernet]:
    keys = (hashlib.sha256(key.encode()).digest() for key in settings.ENCRYPTION_KEYS)
    return [Fernet(base64.urlsafe_b64encode(key)) for key in keys]


def seal(text: str) -> bytes:
    return _keys()[0].encrypt(text.encode())


def unseal(stored: bytes) -> str:
    """Raises Sealed when no key of ``PORTAL_ENCRYPTION_KEYS`` fits."""
    try:
        return MultiFernet(_keys()).decrypt(stored).decode()
    except InvalidToken as error:
        raise Sealed from error


def resealed(stored: bytes) -> bytes | None:
    """The same with the first key; None where that is so already. Raises Sealed."""
    try:
        _keys()[0].decrypt(stored)
    except InvalidToken:
        return seal(unseal(stored))
    return None
