"""Parses what an instruction asks for: its verbs, and the things near them. Pure.

"They sent me their share" asks for nothing, "send them the difference" does. Words in quotation marks are names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.planning.vocabulary import BOTH, GERMAN, NOUNS_TOO, PHRASES, THINGS, VERBS, some
from agents.policy.language.tokens import own_words

TOKEN = re.compile(
    r"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[€$£]\s?\d[\d.,]*|\d+(?:[.,:-]\d+)*|[A-Z]{2}\d{2}[A-Z0-9]{8,}"
    r"|[^\W\d]\w*(?:[-'’]\w+)*(?:\.[a-z]{2,5}\b)+|\w+(?:[-'’]\w+)*|\.(?=\s|$)|[^\w\s.]"
)
QUOTED = re.compile(
    r"(?<![\w])(?:'[^'\n]{1,200}'|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|„[^“”\n]{1,200}[“”]|‘[^’\n]{1,200}’)(?!\w)"
)
ENDS = frozenset(".!?;:\n")
BEFORE = some(", - – — ( • * / and or then but und oder aber dann sowie plus let's lets help bitte so")
ADVERBS = some(
    "please kindly also then just simply now again immediately finally first second afterwards automatically always "
    "directly quickly maybe next lastly finally bitte dann auch noch only instead there carefully"
)
WANTING = some(
    "want wants need needs like love sure forget try remember able have asked ask you us it is are order supposed "
    "ready wish going agent helpful"
)
TURNS = some(
    "but and then instead aber und sondern dann"
)  # "do not move, label or write": until one of these
OTHERS = some("i they he she who we which that ich er sie wir wer")
NEGATIONS = some(
    "don't don’t dont not nothing never without cannot nicht nichts nie keine keinen kein niemals"
)
AFTER_NOUN = some(
    "of in on at from is are was were and or for which with about . , ) : ; ! ? will has had by und von"
)
INTO = some("via by per to in into on onto through an auf ins im in zum zur per über")
SMALL = some(
    "the and what this that these those with there here all any who when where which how for from her his"
)
Thing = tuple[str, ...]  # what a word may mean, the likelier first


@dataclass(frozen=True, slots=True)
class Ask:
    """One verb that asks. ``things`` from the nearest on, ``into`` those behind to, in, via; ``context`` of before."""

    verb: str
    things: tuple[Thing, ...]
    into: tuple[Thing, ...]
    context: tuple[Thing, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Read:
    """An instruction, read: what it asks, all that it talks about, and its plain text."""

    asks: tuple[Ask, ...]
    things: frozenset[str]
    text: str


def read(instruction: str) -> Read:
    text = phrased(own_words(instruction)[0].replace("’", "'"))
    plain = QUOTED.sub(_name, text)
    asks: list[Ask] = []
    context: list[Thing] = []
    # What is quoted is talked about too.
    every = {
        name
        for quoted in QUOTED.findall(text)
        for token in TOKEN.findall(quoted)
        for name in _thing(token) or ()
    }
    for sentence in _sentences(plain):
        verbs = [(place, verb) for place in range(len(sentence)) if (verb := _asks(sentence, place))]
        for number, (place, verb) in enumerate(verbs):
            end = verbs[number + 1][0] if number + 1 < len(verbs) else len(sentence)
            start = verbs[number - 1][0] + 1 if number else 0
            after = [(at, one) for at in range(place + 1, end) if (one := _thing(sentence[at]))]
            before = [one for at in range(start, place) if (one := _thing(sentence[at]))]
            into = tuple(one for at, one in after if INTO & set(_lower(sentence[max(place, at - 4) : at])))
            things = (*(one for _, one in after), *(before if not number else ()))
            carried = bool(number and asks[-1].negated and not TURNS & set(_lower(sentence[start:place])))
            negated = carried or _negated(sentence, place)
            asks.append(Ask(verb, things, into, tuple(reversed(context)), negated))
            context += [*before, *(one for _, one in after)]
        if not verbs:
            context += [one for token in sentence if (one := _thing(token))]
        every |= {name for thing in context for name in thing}
    return Read(tuple(asks), frozenset(every), text)


def phrased(text: str) -> str:
    for pattern, word in PHRASES:
        text = pattern.sub(word, text)
    return text


def kinds(word: str) -> Thing:
    """The kinds of thing that a word means; of an unlisted word, its stem."""
    low = word.lower()
    if low in BOTH:
        return BOTH[low]
    one = low if low in THINGS else stem(low)
    return BOTH.get(one) or (THINGS.get(one, one),)


def stem(word: str) -> str:
    for ending in ("ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def _name(quoted: re.Match[str]) -> str:
    """A name keeps no word that could ask; that it is a file's still shows."""
    found = re.search(r"\.(\w{2,5})$", quoted.group()[:-1])
    return " file " if found and found.group(1).lower() in THINGS else " (name) "


def _sentences(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        sentence: list[str] = []
        for token in TOKEN.findall(line):
            sentence.append(token)
            if token in ENDS:
                yield sentence
                sentence = []
        if sentence:
            yield sentence


def _thing(token: str) -> Thing | None:
    """What a token may mean; None for punctuation and for words that are too short to be a thing."""
    if "@" in token:
        return ("person",)
    if token.startswith("http"):
        return ("web",)
    if token[0] in "€$£" or re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,}|\d+[.,]\d{2}", token):
        return ("money",)
    if "." in token and token.rpartition(".")[2].lower() in THINGS:
        return ("file",)
    if "." in token and token.rpartition(".")[2].lower() in {"com", "org", "net", "io", "de"}:
        return ("web",)
    plain = len(token) > 2 and token[0].isalpha() and token.lower() not in SMALL
    return kinds(token) if plain else None


def _lower(tokens: list[str]) -> list[str]:
    return [token.lower() for token in tokens]


def _asks(sentence: list[str], place: int) -> str:
    """The verb at this place if it asks for something here, else the empty text."""
    verb = sentence[place].lower()
    if verb not in VERBS:
        return ""
    before = _lower(sentence[:place])
    while before and (before[-1] in ADVERBS or before[-1] in NEGATIONS):
        before.pop()
    after = sentence[place + 1].lower() if place + 1 < len(sentence) else "."
    if verb in GERMAN and not (before and before[-1] in OTHERS):
        return verb
    forbidden = bool(place) and sentence[place - 1].lower() in NEGATIONS
    if verb in NOUNS_TOO and after in AFTER_NOUN and not forbidden:
        return ""
    return verb if _may_ask(before) else ""


def _may_ask(before: list[str]) -> bool:
    """Does a request begin behind these words? Adverbs and negations are gone from their end."""
    if not before or before[-1] in BEFORE or before[-1] in ENDS or before[-1] == "do":
        return True
    last, rest = before[-1], [word for word in before[:-1] if word not in ADVERBS]
    earlier = rest[-1] if rest else ""
    if last == "to":
        wanting = earlier in WANTING or earlier in BEFORE or not rest
        return wanting and not (len(rest) > 1 and rest[-2] in OTHERS - {"i", "we"})
    if last == "you":
        return earlier in {"can", "could", "would", "will", "should", "must", "may"}
    if last in {"should", "must", "shall", "will", "can", "would", "could"}:
        return earlier in {"you", "it", "we", "agent", "please", ""}
    return last in {"me", "us"} and earlier in {"help", "let"}


def _negated(sentence: list[str], place: int) -> bool:
    before: list[str] = []
    for word in reversed(_lower(sentence[max(0, place - 3) : place])):
        if not word[0].isalpha():
            break  # "If not, book a table" books
        before.append(word)
    after = _lower(sentence[place + 1 : place + 6])
    if sentence[place].lower() not in GERMAN:  # only "change nothing" has it behind the verb
        after = [word for word in after[:1] if word == "nothing"]
    return bool(NEGATIONS & {*before, *after}) and not {"forget", "vergiss"} & set(before)
