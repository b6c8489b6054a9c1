"""Codes that confirm: a service sends one to the person for a call, and takes it for that call alone.

An argument of the kind ``CODE`` promises it: the service takes there no code but one that it sent for a call that was
made through this connection before. So a code that was read after such a call completes what was allowed, and a wrong
one completes nothing. Each call that waits for a code takes one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.policy.declarations import Argument, Capability, Role
from agents.policy.language.tokens import compared, is_token

CODE = "code"
# The service's own words, in the languages of instructions: a code, and that it went out.
_CODE = re.compile(
    r"\b(?:otp|tan|one[- ]time (?:pass(?:word|code)|code|pin)|(?:verification|confirmation|security) code"
    r"|einmal(?:pass?wort|kennwort|code)|(?:bestätigungs|sicherheits|verifizierungs)code"
    r"|code (?:de|à) (?:vérification|confirmation|usage unique)"
    r"|código de (?:verificación|confirmación|confirmação|verificação)"
    r"|codice di (?:verifica|conferma)|(?:verificatie|bevestigings)code)\b"
)
_SENT = re.compile(
    r"\b(?:(?:been |was )sent|gesendet|verschickt|geschickt|envoyé|enviad[oa]|inviat[oa]|verzonden|gestuurd)\b"
)

_LOOKS = re.compile(r"(?=.*\d)[a-z0-9](?:[a-z0-9\-]{2,14})[a-z0-9]")  # no word, no amount


def is_code(argument: Argument) -> bool:
    return argument.role is Role.VALUE and argument.kind == CODE


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call that waits for its code. ``read``: how many texts the task had read by then."""

    call: int
    connection: int
    read: int


class Codes:
    """The calls of a task that wait for a code, in the order in which they were made."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def made(
        self, call: int, connection: int, capability: Capability, texts: Iterator[str], read: int
    ) -> None:
        """A call has ended: does its service say that it sent a code? Only a service's own words say so."""
        if capability.output.trusted and any(_announces(text) for text in texts):
            self._waiting.append(_Waiting(call, connection, read))

    def entered(self, code: str, connection: int, texts: list[str]) -> None:
        """A code was given to the service, whatever it said: the call that waited for it waits no more."""
        if (waiting := self._fits(code, connection, texts)) is not None:
            self._waiting.remove(waiting)

    def call(self, code: str, connection: int, texts: list[str]) -> int | None:
        """The call that this code completes: it stands in what was read since, and in nothing that was read before."""
        found = self._fits(code, connection, texts)
        return None if found is None else found.call

    def _fits(self, code: str, connection: int, texts: list[str]) -> _Waiting | None:
        wanted = compared(code)
        if not _LOOKS.fullmatch(wanted) or not any(
            waiting.connection == connection for waiting in self._waiting
        ):
            return None
        first = next((at for at, text in enumerate(texts) if is_token(wanted, compared(text))), None)
        if first is None:
            return None
        fitting = (one for one in self._waiting if one.connection == connection and one.read <= first)
        return next(fitting, None)


def _announces(text: str) -> bool:
    said = compared(text)
    return bool(_CODE.search(said) and _SENT.search(said))
