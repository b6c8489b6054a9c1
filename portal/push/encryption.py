"""Encrypts what a push service passes on, so that only the browser reads it (RFC 8291, in one record of RFC 8188)."""

import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096  # bytes, of one record; push services take no more
MOST = RECORD - 86 - 16 - 1  # bytes of a text: without the head, the tag and the mark of its end
STEP = 256  # texts are filled up to a multiple of it, so that their length says little
CURVE = ec.SECP256R1()


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """65 bytes: the uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_public(point: bytes) -> ec.EllipticCurvePublicKey:
    """Raises ValueError for what is no uncompressed point of the curve."""
    if len(point) != 65:
        raise ValueError("no uncompressed point of P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def encrypt(
    text: bytes,
    browser: bytes,
    auth: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
    fill: bool = True,
) -> bytes:
    """The body of a request. ``browser``: its public point (``p256dh``), ``auth``: its 16 secret bytes.

    ``own`` and ``salt`` are new each time, but for tests. Raises ValueError for more than ``MOST`` bytes.
    """
    if len(text) > MOST:
        raise ValueError(f"{len(text)} bytes are more than a push service takes")
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(16)
    ours, theirs = public_bytes(own.public_key()), read_public(browser)
    shared = own.exchange(ec.ECDH(), theirs)
    secret = derived(shared, auth, b"WebPush: info\0" + browser + ours, 32)
    key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    filling = min(-(len(text) + 1) % STEP, MOST - len(text)) if fill else 0
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02" + bytes(filling), None)
    return salt + struct.pack("!LB", RECORD, len(ours)) + ours + sealed


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
