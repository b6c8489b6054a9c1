"""Lists of words, in seven languages: what advertising says, how people ask, what gives orders to a program."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def listed(name: str) -> dict[str, Any]:
    """The lists of a file."""
    return tomllib.loads((HERE / f"{name}.toml").read_text())


@cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """One pattern of all that a list holds."""
    return any_of(listed(name)[key])


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(either(words), re.IGNORECASE)


def either(words: Iterable[str]) -> str:
    return "|".join(f"(?:{word})" for word in words)
