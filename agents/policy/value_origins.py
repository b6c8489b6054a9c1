"""Where one value of a call comes from: the question behind every decision after untrusted text was read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agents.policy.declarations import Argument, Capability, Effect, Role, Type
from agents.policy.facts import Agreed, GrantFact
from agents.policy.language.amounts import read_number
from agents.policy.language.naming import GRAMMAR, addressed, named, plain
from agents.policy.language.tokens import compared, exact, placed, stands, words
from agents.policy.limits import is_number, within
from agents.policy.provenance import BEGUN, NO, WHOLE, Provenance, leaves

LONGEST_TOKEN = 300  # characters: no destination, object or value is longer


class From(StrEnum):
    """Origins. The first eight are trusted."""

    PERSON = "person"
    OWN = "own"
    LIMITS = "limits"
    SAFE = "safe"
    LOOKUP = "lookup"
    CREATED = "created"
    LISTED = "listed"
    AGREED = "agreed"
    RESULT = "result"  # it stands in something that was read
    AGENT = "agent"  # the agent's own words
    LEADS = "leads"  # a link, an address or a code from elsewhere
    MIXED = "mixed"  # a thing into which the task put what others wrote
    MENTIONED = "mentioned"  # a reader in the person's words, but not as the one who is told
    UNKNOWN = "unknown"


TRUSTED = frozenset(list(From)[:8])


@dataclass(frozen=True, slots=True)
class Origin:
    source: From
    call: int = 0

    @property
    def trusted(self) -> bool:
        return self.source in TRUSTED


UNKNOWN = Origin(From.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, as its origins are looked at: what is used, under which grant, what is known."""

    capability: Capability
    arguments: Mapping[str, Any]
    grant: GrantFact
    known: Provenance
    agreed: Agreed | None = None
    # What was found out for one of the grants that is looked at, and is true for every other.
    found: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def once(self, key: tuple[str, ...], find: Callable[[], Any]) -> Any:
        """What does not depend on the grant is found out once in a decision."""
        if key not in self.found:
            self.found[key] = find()
        return self.found[key]

    @property
    def reaches_others(self) -> bool:
        """Irreversible, or a write whose guests are told."""
        told = self.arguments.get(self.capability.tells) if self.capability.tells else None
        return self.capability.effect in {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE} or given(told)


def given(value: Any) -> bool:
    return value is not None and value not in ("", [])


def origin(argument: Argument, value: Any, asked: Asked) -> Origin:
    """Where one value of a *dest*, *object* or *value* comes from; of a list, one element.

    What others see must hold nothing of what others wrote, whoever names it: a thing inherits the weakest origin of
    what was put into it.
    """
    found = _origin(argument, value, asked)
    if argument.role is Role.DEST and found.source is From.PERSON and _worded_freely(asked):
        key = ("addressed", argument.name, str(value))
        if not asked.once(key, lambda: addressed(compared(str(value)), asked.known.compared)):
            return Origin(From.MENTIONED)
    inherits = argument.role is Role.OBJECT or found.source is From.CREATED
    if found.trusted and found.source is not From.AGREED and inherits and asked.reaches_others:
        call = asked.known.mixed.call(argument.kind, str(value))
        return found if call is None else Origin(From.MIXED, call)
    return found


def _worded_freely(asked: Asked) -> bool:
    """Does the grant let the call say what the person did not? Then who is only mentioned is not the one to be told."""
    own = (one.name for one in asked.capability.arguments if one.worded)
    return asked.capability.effect is not Effect.FETCH and any(asked.grant.limits.get(one) for one in own)


def _origin(argument: Argument, value: Any, asked: Asked) -> Origin:
    if str(value) in argument.safe or (isinstance(value, bool) and str(value).lower() in argument.safe):
        return Origin(From.SAFE)
    limit = asked.grant.limits.get(argument.name)
    if limit and within(limit, value):
        return Origin(From.LIMITS)
    if asked.agreed is not None and asked.agreed.arguments.get(argument.name) == asked.arguments.get(
        argument.name
    ):
        return Origin(From.AGREED)
    key = ("origin", argument.name, type(value).__name__, str(value))
    found: Origin = asked.once(key, lambda: _found(argument, value, asked))
    return found


def _found(argument: Argument, value: Any, asked: Asked) -> Origin:
    if isinstance(value, bool):
        return UNKNOWN
    if isinstance(value, int | float):
        return _number(argument, value, asked)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TOKEN or not exact(value):
        return UNKNOWN
    if value != " ".join(value.split()):  # what a service makes of other spaces is not known
        return UNKNOWN
    return _token(argument, value, asked)


def _number(argument: Argument, value: int | float, asked: Asked) -> Origin:
    if not is_number(value):
        return UNKNOWN
    if argument.role is Role.OBJECT:
        return _object(argument, str(value), asked)
    number = Decimal(str(value))
    if argument.role is Role.VALUE and number in asked.known.numbers:
        return Origin(From.PERSON)
    call = asked.known.told.get(number) if argument.role is Role.VALUE else None
    return Origin(From.LOOKUP, call) if call is not None else UNKNOWN


def _token(argument: Argument, value: str, asked: Asked) -> Origin:
    known, token = asked.known, compared(value)
    if argument.role is Role.OBJECT:
        return _object(argument, value, asked)
    if argument.role is Role.DEST and token in known.own:
        return Origin(From.OWN)
    if _wrote(argument, value, asked):
        return Origin(From.PERSON)
    if (call := known.looked_up.get(argument.kind, {}).get(value)) is not None and argument.kind:
        return Origin(From.LOOKUP, call)
    if argument.kind and (call := known.created.get(argument.kind, {}).get(value)) is not None:
        return Origin(From.CREATED, call)
    if argument.role is Role.VALUE and (call := known.told.get(token)) is not None:
        return Origin(From.LOOKUP, call)
    return UNKNOWN


# What a destination never holds: a second address, a display name, a name before the host.
_SEVERAL = re.compile(r"[<>\"\\,;\s]|@.*@|//[^/]*@")
# The marks of the sentence around a token are not its own: the dot after an address ends the sentence.
_EDGES = re.compile(r"[.,;:!?…'\"“”‘’]$|^[.,;:!?'\"“”‘’*`]|^[(\[{<].*[)\]}>]$")
_FIGURES = re.compile(r"[\d.,'’\s]+")
LONG_NUMBER = 6  # digits: of an account or a telephone; shorter ones stand in dates and amounts too


def _wrote(argument: Argument, value: str, asked: Asked) -> bool:
    """Did the person write it, as a whole token? One letter or a mark alone is no mandate."""
    known, token = asked.known, compared(value)
    if sum(one.isalnum() for one in token) < 2:
        return False
    if argument.role is Role.DEST and ("@" in token or "/" in token) and _SEVERAL.search(token):
        return False
    if _EDGES.search(token) or any(token.count(one) != token.count(two) for one, two in ("()", "[]", "{}")):
        return False
    # An amount as text is one where it would be one as a number: not in a date, a time, a share.
    amount = _FIGURES.fullmatch(token) and (argument.role is Role.VALUE or digits(token) < LONG_NUMBER)
    if amount and ((number := read_number(token)) is None or number not in known.numbers):
        return False
    if _ordinary(argument, token, asked):
        return False
    return any(_stands(one, known) for one in _spellings(argument, value))


def _stands(value: str, known: Provenance) -> bool:
    """Of a link only the host has no case."""
    token = compared(value)
    if re.search("[/?#]", token) and not stands(placed(value), known.placed):
        return False
    return stands(token, known.compared)


def _spellings(argument: Argument, value: str) -> list[str]:
    """A page may be written without the scheme of the web in front."""
    if argument.role is not Role.DEST or "@" in value or not _PAGE.fullmatch(value):
        return [value]
    return [value, _SCHEME.sub("", value)]


_PAGE = re.compile(r"https?://(?:[\w\-]+\.)+[^\W\d_][\w\-]+(?::\d+)?(?:/\S*)?", re.IGNORECASE)
_SCHEME = re.compile("^https?://", re.IGNORECASE)


# What stands before a value that is one plain word: “set it to”, “mark it as”, “the status is”, “called”.
_SAID = re.compile(
    r"(?:\b(?:to|as|is|be|into|called|named|with|auf|als|mit|zu|ist|sei|heißt|à|comme|est|como|es|a|come|è)|[:=→])"
    r" ?[\"'“”‘’„«`*]*$"
)
_THEM = "it|them|this|these|that|those|all|each|both|everything|es|sie|alle|diese|le|les|lo|los|la|las"
_QUOTE = re.compile(r"[\"'“‘„«`*]$")


def _ordinary(argument: Argument, token: str, asked: Asked) -> bool:
    """One plain word of the sentence, and no name or value: any instruction holds many of them.

    A word that says what kind of thing is meant is not the thing (“the password”, “a hotel”). A value that is one plain
    word must be said to be it, or stand in quotes: else a password could be any word of the sentence.
    """
    if not token.isalpha():
        return False
    known, named = asked.known, f"{argument.name} {argument.title} {argument.kind} {asked.capability.name}"
    nouns = words(re.sub(r"[_.]", " ", named))
    if token in GRAMMAR or token in nouns:
        return True
    if argument.role is not Role.VALUE:
        return False
    its = re.compile(rf"\b(?:{'|'.join(map(re.escape, nouns))}) (?:{_THEM}) ?$")  # “label it …”
    places = re.finditer(rf"(?<!\w){re.escape(token)}(?!\w)", known.compared)
    before = [known.compared[max(0, one.start() - 24) : one.start()] for one in places]
    return not any(_SAID.search(one) or _QUOTE.search(one) or its.search(one) for one in before)


def digits(text: str) -> int:
    return sum(one.isdigit() for one in text)


def _object(argument: Argument, value: str, asked: Asked) -> Origin:
    """An existing thing: one that this task made, that a result listed, or that the person names by its whole id."""
    known, kind = asked.known, argument.kind
    made = known.created.get(kind, {}) if kind else {}
    # Of several that it made, a hijacked model would choose; a person says which one others are to see.
    if value in made and not (asked.reaches_others and known.tainted and len(made) > 1):
        return Origin(From.CREATED, made[value])
    if kind and _identified(argument, value, asked):
        return Origin(From.PERSON)
    listed = known.given.get(kind, {}) if kind else {}
    if (found := listed.get(value)) is None:
        return UNKNOWN
    # Where the person names a record of this kind, no other will do; and what others see must be a named one.
    if not known.tainted:  # nobody else has had a say in which one
        return Origin(From.LISTED, found.call)
    needed = WHOLE if asked.reaches_others else BEGUN if any(one.named for one in listed.values()) else NO
    # Whoever wrote the label can have chosen it to be the one: of several that are named so, none is.
    if asked.reaches_others and sum(one.named == WHOLE for one in listed.values()) > 1:
        return UNKNOWN
    if found.named >= needed:
        return Origin(From.LISTED, found.call)
    return UNKNOWN


def _identified(argument: Argument, value: str, asked: Asked) -> bool:
    """A path, an id or a code stands for itself. One plain word must be said to be a name, since any instruction holds
    many; a bare number must be said to be one: “file 13”, never the 13 of “June 13”.
    """
    known, kind, token = asked.known, argument.kind, compared(value)
    if plain(token):
        nouns = _nouns(argument)
        ordinary = len(token) < 2 or token in GRAMMAR or token in nouns
        return not ordinary and named(
            token, nouns, known.compared, called=bool(argument.called), place=argument.place
        )
    if len(token) >= 4 and not token.isdecimal():
        return stands(token, known.compared)
    numbered = (
        rf"(?<!\w){re.escape(compared(kind))}(?: with| mit)?(?: the)?(?: (?:id|number|no\.?|nr\.?))?:? ?#?"
    )
    said = rf"{numbered} ?{re.escape(token)}(?![\w.,:/-]\w|\w|[%/-])"
    return bool(token) and re.search(said, known.compared) is not None


def _nouns(argument: Argument) -> list[str]:
    """What people call such a thing: as its argument and its kind are called, and as is declared."""
    own = words(re.sub(r"[_.]", " ", f"{argument.name} {argument.title} {argument.kind}"))
    return [one for one in (*own, *map(compared, argument.called)) if one not in GRAMMAR]


def told_apart(argument: Argument, value: Any) -> Iterator[Any]:
    """The values of an argument, one by one."""
    if argument.type is Type.TEXTS or isinstance(value, list | tuple | Mapping):
        yield from leaves(value)
    else:
        yield value
