"""Which secrets a kind of connection has: none, one, or several with names."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Secret:
    """One of several secrets of a kind of connection: under ``name`` its connector finds it, ``title`` is on the form.

    What is not ``required`` can be taken away again.
    """

    name: str
    title: str
    help: str = ""
    required: bool = False


class HasSecrets:
    """The part of a connector that says so."""

    secret_title: ClassVar[str] = ""  # what the secret is; empty: this kind has none, or several
    secrets: ClassVar[tuple[Secret, ...]] = ()  # where it has several (``ConnectionContext.secrets``)
