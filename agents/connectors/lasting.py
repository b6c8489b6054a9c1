"""When a token that somebody entered ends, where it says so itself."""

import base64
import json
from datetime import UTC, datetime

LONGEST = 20_000


def ends_at(token: str) -> datetime | None:
    """Of a JSON web token what it claims. Nothing is verified: it only tells its people in time."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
