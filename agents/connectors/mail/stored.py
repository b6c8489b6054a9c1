"""A message's file: ``unique:2,FLAGS`` in cur, or ``unique`` in new. Labels are small letters."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from agents.connectors import confined
from agents.connectors.mail import keywords


@dataclass(frozen=True, slots=True)
class Stored:
    """One message's file. ``id`` is its unique name: it stays when flags, labels and folder change."""

    id: str
    folder: str
    path: Path

    @property
    def place(self) -> Path:
        return self.path.parent.parent

    @property
    def _info(self) -> tuple[str, str]:
        """Flags, and what a mail server may have put after them."""
        flags, comma, rest = self.path.name.partition(":2,")[2].partition(",")
        return flags, comma + rest

    @property
    def seen(self) -> bool:
        return "S" in self._info[0]

    @property
    def answered(self) -> bool:
        return "R" in self._info[0]

    @property
    def flagged(self) -> bool:
        return "F" in self._info[0]

    @property
    def draft(self) -> bool:
        return "D" in self._info[0]

    def has(self, letter: str) -> bool:
        return letter in self._info[0]

    def marked(self, letter: str, *, on: bool) -> str:
        """The file's name with this flag or without it."""
        flags, rest = self._info
        kept = set(flags) | {letter} if on else set(flags) - {letter}
        return f"{self.id}:2,{''.join(sorted(kept))}{rest}"

    @property
    def at(self) -> int | None:
        """When it came into its folder, with which unique names mostly begin."""
        digits = re.match(r"[0-9]{1,12}(?=\.)", self.id)
        return int(digits[0]) if digits else None

    @property
    def letters(self) -> str:
        return "".join(letter for letter in self._info[0] if letter in keywords.LETTERS)

    def named(self, letters: str) -> str:
        """The file's name with these letters for labels and its other flags as they are."""
        flags, rest = self._info
        others = "".join(letter for letter in flags if letter not in keywords.LETTERS)
        return f"{self.id}:2,{''.join(sorted(set(others + letters)))}{rest}"


def index(place: Path, name: str, only: str = "") -> dict[str, Stored]:
    """A folder's messages by id, or those alone whose id holds ``only``; links are none."""
    found: dict[str, Stored] = {}
    for part in ("new", "cur"):  # cur counts where a mail server moves a message and it is in both
        for file, kind in confined.entries(place / part).items():
            unique = file.partition(":")[0]
            if only in unique and unique and not unique.startswith(".") and kind == stat.S_IFREG:
                found[unique] = Stored(unique, name, place / part / file)
    return found


def arrival(message: Stored) -> list[str | int]:
    """Unique names begin with the second of arrival."""
    return natural(message.id)


def natural(name: str) -> list[str | int]:
    """For sorting: numbers in a name count as numbers."""
    return [int(piece) if at % 2 else piece for at, piece in enumerate(re.split(r"([0-9]+)", name))]


def short(message: str) -> str:
    """An id as it may be repeated to a reader."""
    text = "".join(sign if sign.isprintable() else "?" for sign in message)
    return text if len(text) <= 80 else text[:79] + "…"
