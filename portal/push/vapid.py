"""Says to a push service who sends (RFC 8292): a token for its address, signed with the portal's key."""

import base64
import json
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from portal.push.encryption import CURVE, public_bytes

LIVES = 12 * 3600  # seconds; services take no token that lives longer than a day


def new() -> str:
    """A private key, as it is stored (sealed)."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return encoded(number.to_bytes(32))


def private(stored: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(stored)), CURVE)


def public(stored: str) -> str:
    """What browsers are told, so that nobody else can push to them."""
    return encoded(public_bytes(private(stored).public_key()))


def authorization(stored: str, endpoint: str, contact: str, now: float) -> str:
    """The header of a request. ``contact``: an address (``https:`` or ``mailto:``) for who runs the service."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now) + LIVES, "sub": contact}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    pair = decode_dss_signature(private(stored).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(b"".join(number.to_bytes(32) for number in pair))
    return f"vapid t={signed}.{signature}, k={public(stored)}"


def encoded(given: bytes) -> str:
    """base64url without the signs at its end."""
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Raises ValueError for what is none."""
    if not text.isascii() or not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError("no base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
