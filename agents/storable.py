"""Text from outside, made fit for a JSON column: PostgreSQL takes neither NUL nor half a surrogate pair."""

from typing import Any


def storable(value: Any) -> Any:
    """The same value with such characters replaced by U+FFFD, in keys and at every depth."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode() if value else value
    if isinstance(value, dict):
        return {storable(str(key)): storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    return value
