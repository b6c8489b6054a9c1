"""What a run is told: the commands of the repository's file, once an admin has pinned it, and within what they run.

The file is ``deploy.toml`` at the top of the repository::

    build = ["make", "site"]
    migrate = ["./manage", "migrate"]
    health = ["./healthy"]

    [holds]
    "index.html" = "Northwind"

Each command is a program with its arguments, and no shell. ``holds``: files that a good release has, and a text in
each.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FILE = "deploy.toml"
COMMANDS = ("build", "migrate", "health")
MOST_ARGUMENTS, LONGEST = 50, 1_000


class Unpinned(Exception):
    """The file may not be followed; in words for people."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the file says. ``digest`` is empty where there is no file."""

    digest: str = ""
    commands: Mapping[str, list[str]] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """For the process that does it. ``copy_from``: the folder of the same release in another environment, with the
    number of its content. ``reuse``: the release lies there already, whole."""

    folder: str
    number: int
    mirror: str
    commit: str
    recipe: Recipe
    user: str
    seconds: int
    variables: Mapping[str, str]
    keep: int
    revert: bool
    copy_from: str = ""
    copy_digest: str = ""
    reuse: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> "Order":
        return cls(**{**told, "recipe": Recipe(**told["recipe"])})


def recipe(content: bytes | None, pins: list[str], user: str) -> Recipe:
    """What the file of this content orders. Raises Unpinned.

    ``pins``: digests of the contents that an admin has read. ``user``: as whom commands run; empty: none do.
    """
    if content is None:
        return Recipe()
    digest = hashlib.sha256(content).hexdigest()
    if digest not in pins:
        raise Unpinned(
            f"{FILE} of this version is not pinned in the connection. An admin who has read it can add its digest: "
            f"{digest}"
        )
    try:
        told = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unpinned(f"{FILE} of this version cannot be read as TOML.") from error
    if strange := sorted(set(told) - {*COMMANDS, "holds"}):
        raise Unpinned(f"{FILE} of this version has a part that nobody knows: {strange[0][:40]}.")
    commands = {name: _command(name, told[name]) for name in COMMANDS if name in told}
    if commands and not user:
        raise Unpinned(
            f"{FILE} of this version has commands, and the portal runs none: PORTAL_DEPLOY_USER names nobody."
        )
    holds = told.get("holds", {})
    if not isinstance(holds, dict) or not all(isinstance(text, str) and text for text in holds.values()):
        raise Unpinned(f"{FILE} of this version: holds is a table of files with a text for each.")
    return Recipe(digest, commands, holds)


def _command(name: str, told: Any) -> list[str]:
    fits = isinstance(told, list) and 0 < len(told) <= MOST_ARGUMENTS
    if not fits or not all(isinstance(one, str) and len(one) <= LONGEST and "\0" not in one for one in told):
        raise Unpinned(f"{FILE} of this version: {name} is a list of texts, the program first.")
    return list(told)
