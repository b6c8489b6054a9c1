"""Makes values from outside fit for a JSON column: PostgreSQL takes no NUL, half surrogate pair or NaN."""

import math
import re
from typing import Any

UNFIT = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The same value with such characters replaced by U+FFFD, in keys and at every depth.

    A number that is none (NaN, infinity) becomes None; what JSON does not know, its text.
    """
    if isinstance(value, str):
        return UNFIT.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(str(key)): storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [storable(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return storable(str(value))
