"""Slack's signature on a request: over the time and the raw body, with the app's signing secret. Pure.

``X-Slack-Signature: v0=<hex>`` of ``v0:<X-Slack-Request-Timestamp>:<body>``, HMAC-SHA256.
"""

import hashlib
import hmac
import re

OLDEST = 300  # seconds that a signature may be, and as far as clocks may differ
SIGNATURE, STAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
WRITTEN = re.compile(r"[0-9]{1,12}")


def sign(secret: str, stamp: str, body: bytes) -> str:
    signed = f"v0:{stamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def genuine(secret: str, stamp: str, signature: str, body: bytes, now: float) -> bool:
    """Did the app's workspace send exactly this, just now? ``now``: seconds since 1970. Without a secret: no."""
    if not secret or not WRITTEN.fullmatch(stamp):
        return False
    right = hmac.compare_digest(sign(secret, stamp, body).encode(), signature.encode("utf-8", "replace"))
    return right and abs(now - int(stamp)) <= OLDEST
