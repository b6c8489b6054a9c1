"""Encrypts what is stored and must not be read there (Fernet). The first key encrypts, every key decrypts."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Sealed(Exception):
    """None of the keys that are configured opens it."""


def _fernet() -> MultiFernet:
    keys = (hashlib.sha256(key.encode()).digest() for key in settings.ENCRYPTION_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def seal(text: str) -> bytes:
    return _fernet().encrypt(text.encode())


def unseal(stored: bytes) -> str:
    """Raises Sealed when no key of ``PORTAL_ENCRYPTION_KEYS`` fits."""
    try:
        return _fernet().decrypt(stored).decode()
    except InvalidToken as error:
        raise Sealed from error
