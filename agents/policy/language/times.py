"""Times: what reads as a date or a time, and could be nothing else."""

import re
from typing import Any

from agents.policy.language.amounts import MONTHS
from agents.policy.language.links import CLOCK, DATE
from agents.policy.language.tokens import is_exact

_MOMENT = re.compile(
    rf"{DATE.pattern}|{CLOCK.pattern}(?:[.,]\d{{1,6}})?z?|[+-]\d\d:?\d\d|\d{{1,2}}(?:st|nd|rd|th|\.|[ap]m|h)?|(?:19|20)\d\d"
    rf"|\d{{1,2}}[./]\d{{1,2}}[./](?:(?:19|20)\d\d)?|(?:{MONTHS})\.?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?"
    r"|sun)(?:day)?|[ap]\.?m\.?|utc|gmt|[tz]|at|of|the|-",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<=\d)(T)(?=\d\d:)|(?<=\d)(?=[+-]\d\d:?\d\d$)|(?<=\d)(?=[zZ]$)")
LATEST = 4_102_444_800_000  # milliseconds: the year 2100
LONGEST, MOST_DIGITS, MOST_PARTS = 40, 24, 8  # more of them could be a message


def readable_time(value: Any) -> bool:
    """A date or a time, and nothing that could be a message."""
    if isinstance(value, int):
        return not isinstance(value, bool) and 0 <= value <= LATEST
    if not isinstance(value, str) or len(value) > LONGEST or not is_exact(value):
        return False
    if sum(sign.isdigit() for sign in value) > MOST_DIGITS:
        return False
    parts = _APART.sub(" ", value).replace(",", " ").split()
    return 0 < len(parts) <= MOST_PARTS and all(_MOMENT.fullmatch(part) for part in parts)
