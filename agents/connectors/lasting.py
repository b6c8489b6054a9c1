"""What a JSON web token says of itself, such as when it ends. Nothing is verified here."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

LONGEST = 20_000


def claims(token: str) -> dict[str, Any]:
    """Raises IndexError and ValueError for what is no such token."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def ends_at(token: str) -> datetime | None:
    """Of a token that somebody entered; None where it says nothing. It only tells its people in time."""
    if token.count(".") != 2 or len(token) > LONGEST:
        return None
    try:
        return datetime.fromtimestamp(float(claims(token)["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
