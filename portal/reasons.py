"""Why something is as it is: stored as a code with parameters, put in words for the person who reads it.

Each plug-in brings its sentences (``portal.plugins``). A field has a kind, as in ``{limit:money}`` or
``{most:count step}``. A private one, as in ``{needs:own money}``, is read only by the person whose task it is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.utils import timezone

from portal.words import day, duration, money, plural

Stored = dict[str, Any]  # {"code": …, "params": {…}}; empty: no reason
Kind = Callable[[Any], str]

EARLIER = "earlier"  # the parameter that holds the sentence of a row from before there were codes
UNKNOWN = "The reason is on record as “{code}”."
WORDS = ("you", "your", "Your", "yours")  # fields that say who reads, and are no parameters
OWN = "own"


@dataclass(frozen=True, slots=True)
class Reader:
    """``own``: may read private parameters. ``of``: whose task it is, for everybody but that person."""

    own: bool = True
    of: str = ""

    @property
    def words(self) -> dict[str, str]:
        if not self.of:
            return {"you": "you", "your": "your", "Your": "Your", "yours": "yours"}
        theirs = f"{self.of}’s"
        return {"you": self.of, "your": theirs, "Your": theirs[:1].upper() + theirs[1:], "yours": theirs}


YOU = Reader()
OTHERS = Reader(own=False, of="the task’s person")  # managers, the trail, everybody else


def second(name: str) -> Reader:
    """A second person, who is shown all of an ask of ``name``."""
    return Reader(of=name)


@dataclass(frozen=True, slots=True)
class _Sentence:
    own: str
    others: str
    params: frozenset[str]
    private: frozenset[str]


_sentences: dict[str, _Sentence] = {}
_kinds: dict[str, Kind] = {
    "": str,
    "money": money,
    "duration": duration,
    "day": lambda text: day(datetime.fromisoformat(text), timezone.get_current_timezone()),
    "date": lambda text: f"{date.fromisoformat(text):%-d %b %Y}",
    "moment": lambda text: _moment(datetime.fromisoformat(text)),
    "end": lambda text: f": {text}{'' if text[-1] in '.!?' else '.'}" if text else ".",
    "aside": lambda text: f" ({text})" if text else "",
    "list": lambda texts: ", ".join(map(str, texts)),
    "both": lambda texts: " and ".join(map(str, texts)),
}


def _moment(at: datetime) -> str:
    """``26 Oct 2026, 14:52 Europe/Berlin`` where the reader is."""
    zone = timezone.get_current_timezone()
    return f"{day(at, zone)}, {at.astimezone(zone):%H:%M} {zone}"


def declare(sentences: Mapping[str, str | tuple[str, str]], kinds: Mapping[str, Kind] | None = None) -> None:
    """Make sentences known, each for all or as (own person's, others'). Raises ValueError for a wrong field."""
    _kinds.update(kinds or {})
    for code, given in sentences.items():
        own, others = (given, given) if isinstance(given, str) else given
        ours, theirs = dict(fields(own)), dict(fields(others))
        private = frozenset(name for name, spec in ours.items() if spec.startswith(OWN))
        kinds_of = {name: spec.removeprefix(OWN).strip() for name, spec in {**theirs, **ours}.items()}
        if private & set(theirs) or any(spec.startswith(OWN) for spec in theirs.values()):
            raise ValueError(f"{code}: others would read {sorted(private & set(theirs))}")
        named = {kind.partition(" ")[0] for kind in kinds_of.values()}
        if strange := named - set(_kinds) - {"told", "count"}:
            raise ValueError(f"{code}: no such kind: {sorted(strange)}")
        params = frozenset(kinds_of) - frozenset(WORDS)
        _sentences[code] = _Sentence(own, others, params, private)


def codes() -> dict[str, frozenset[str]]:
    """Every code with the names of its parameters."""
    return {code: one.params for code, one in _sentences.items()}


def because(code: str, **params: Any) -> Stored:
    """A reason to store. Raises ValueError for an unknown code, or other parameters than its sentence has."""
    known = _sentences.get(code)
    if known is None or known.params != set(params):
        raise ValueError(f"{code} with {sorted(params)} is no declared reason")
    return {"code": code, "params": params}


def public(stored: Stored) -> Stored:
    """The same without what only the task's person may read: for the trail, and whatever others are sent."""
    if not stored:
        return {}
    known, params = _sentences.get(stored["code"]), stored.get("params", {})
    if known is None or EARLIER in params:
        return {"code": stored["code"], "params": {}}
    kept = {name: _public(value) for name, value in params.items() if name in known.params - known.private}
    return {"code": stored["code"], "params": kept}


def lasting(stored: Stored) -> Stored:
    """What stays of it when texts go: what the trail has of it too, and nothing of a sentence from before the codes."""
    return {} if EARLIER in stored.get("params", {}) else public(stored)


def _public(value: Any) -> Any:
    if isinstance(value, list):
        return [_public(item) for item in value]
    return public(value) if reason(value) else value


def reason(value: Any) -> bool:
    """Is this a stored reason?"""
    return isinstance(value, dict) and set(value) == {"code", "params"}


def render_reason(stored: Stored | Iterable[Stored] | str | None, reader: Reader = YOU) -> str:
    """The reason in words for this reader; several in a row. A text that a person wrote as a reason stays as it is."""
    if not stored:
        return ""
    if isinstance(stored, str):
        return stored
    if not isinstance(stored, dict):
        return " ".join(text for part in stored if (text := render_reason(part, reader)))
    return _told(str(stored.get("code", "")), stored.get("params") or {}, reader)


def _told(code: str, params: Mapping[str, Any], reader: Reader) -> str:
    if EARLIER in params and reader.own:
        return str(params[EARLIER])
    known = _sentences.get(code)
    if known is None or EARLIER in params:
        return UNKNOWN.format(code=code)
    template = known.own if reader.own and known.private <= set(params) else known.others
    return fill(template, params, reader)


def fill(template: str, params: Mapping[str, Any], reader: Reader) -> str:
    """A template with its fields put in words for this reader; a field that is missing is empty."""
    return _Words(reader).vformat(template, (), {**params, **reader.words}).strip()


class _Words(Formatter):
    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "")

    def format_field(self, value: Any, format_spec: str) -> Any:
        kind = format_spec.removeprefix(OWN).strip()
        if kind == "told":
            return render_reason(value, self.reader)
        if reason(value):  # one that stands where a person could have written why
            value = render_reason(value, self.reader)
        try:
            if kind.startswith("count "):
                return plural(int(value), kind.removeprefix("count "))
            return _kinds[kind](value)
        except (ValueError, TypeError, LookupError, AttributeError):  # another version wrote the row
            return str(value)


def fields(template: str) -> list[tuple[str, str]]:
    """The fields of a template: name and kind."""
    return [(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name]
