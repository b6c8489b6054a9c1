"""Texts as the rules compare them: whole tokens and words. Nothing is guessed.

A value counts as the person's only in exactly the characters that they wrote (letter case, Unicode composition and
runs of spaces aside; the path of a link in its letter case too). No look-alike is mapped to another before a value is
trusted; where text is searched for links and codes (``links``) it is the other way round, and every disguise is taken
off first.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from agents.policy.language.invisible import is_hidden

# Marks after which a text was written by somebody else: a quotation, a forwarded mail, a fenced block.
QUOTED_LINE = re.compile(r"^\s*(?:>|\|)")
FORWARDED = re.compile(
    r"^\s*(?:-{2,}\s*)?(?:original message|forwarded message|begin forwarded message|ursprüngliche nachricht"
    r"|weitergeleitete nachricht|message d'origine|mensaje original)\b",
    re.IGNORECASE,
)
FENCE = re.compile(r"^\s*(?:```|~~~|\"{3})")
WROTE = re.compile(  # how mail programs introduce what they quote
    r"^\s*(?:on|am|le|el|il|op)\b.{4,120}\b(?:wrote|schrieb|écrit|escribió|scritto|schreef)\b.{0,80}:\s*$",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"^\s*\**(?:from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff)\**\s*:", re.IGNORECASE
)


def own_words(text: str) -> tuple[str, bool]:
    """What the person wrote themself, and whether they pasted something: quotations, fences, forwarded mail.

    From the first fence to the last all is pasted: what stands in a fence could hold one, and seem to end it.
    """
    lines = text.splitlines()
    fences = [number for number, line in enumerate(lines) if FENCE.match(line)]
    kept, pasted = [], bool(fences)
    for number, line in enumerate(lines):
        if _forwarded(lines, number):
            pasted = True
            break
        if fences and fences[0] <= number and (len(fences) == 1 or number <= fences[-1]):
            continue
        if QUOTED_LINE.match(line):
            pasted = True
        else:
            kept.append(line)
    return "\n".join(kept), pasted


def _forwarded(lines: list[str], number: int) -> bool:
    """Does somebody else's mail begin here? A line that says so, or three of its headers in a row."""
    line = lines[number]
    if FORWARDED.match(line) or WROTE.match(line):
        return True
    return len(lines) > number + 2 and all(HEADER.match(header) for header in lines[number : number + 3])


def fold(text: str) -> str:
    """Lower case, where it is a letter's only other form: the Kelvin sign is no k, and ß is not ss."""
    if text.isascii():
        return text.lower()
    pairs = ((sign, sign.lower()) for sign in text)
    return "".join(low if len(low) == 1 and low.upper() == sign else sign for sign, low in pairs)


def compared(text: str) -> str:
    """As texts are compared: composed, in one case, single spaces."""
    text = " ".join(text.split())
    return text.lower() if text.isascii() else fold(unicodedata.normalize("NFC", text))


_PLACE = re.compile(r"(\W*(?:[\w+.-]+://)?[^/?#]*)(.*)", re.DOTALL)


def placed(text: str) -> str:
    """As links are compared: single spaces, hosts in one case. Paths and codes stay as they are."""
    return " ".join(map(_placed, unicodedata.normalize("NFC", text).split()))


def _placed(token: str) -> str:
    if "." not in token and "@" not in token and "://" not in token:
        return token
    found = _PLACE.fullmatch(token)
    return fold(found[1]) + found[2] if found else token


def hides_nothing(text: str) -> bool:
    """Nothing in it hides."""
    if text.isascii() and text.isprintable():
        return True
    return not any(is_hidden(sign) for sign in text)


def is_exact(text: str) -> bool:
    """One line in which nothing hides, and no sign that is another's second name (the Kelvin sign for K)."""
    if text.isascii():
        return text.isprintable()
    return (
        not any(sign in "\n\t\r" for sign in text)
        and hides_nothing(text)
        and all(unicodedata.normalize("NFC", sign) == sign for sign in text)
    )


# A whole token is what stands between spaces, without the marks that open or close it there, and without what a comma
# sets apart. Everything else that touches it makes it a piece of a longer one: an address, a path, a host, a number.
_OPENS = "(\\[{<\"'“‘„‚«‹*`_#$€£¥¿¡（「『【《"
_CLOSES = ")\\]}>\"'”’“»›*`_.,:;!?…。！？，、；：）」』】》"
_BEFORE = re.compile(rf"(?:[^/]*(?:\D[,;]|[，、；：—])|.*\]\()?[{_OPENS}]*")
_AFTER = re.compile(rf"[{_CLOSES}]*(?:['’]s[{_CLOSES}]*)?(?:(?:(?<=[,;])(?!\d)|[，、；：—])[^/]*)?")
_AROUND = 80  # characters that are looked at on each side: what touches more is no token


def is_token(token: str, text: str) -> bool:
    """Is ``token`` a whole token of ``text``? Both are :func:`compared`, or :func:`placed`."""
    at = text.find(token) if token else -1
    while at >= 0:
        end = at + len(token)
        before = text[max(0, at - _AROUND) : at].rpartition(" ")[2]
        after = text[end : end + _AROUND].partition(" ")[0]
        if len(before) < _AROUND > len(after) and _BEFORE.fullmatch(before) and _AFTER.fullmatch(after):
            return True
        at = text.find(token, at + 1)
    return False


# All combining marks, for a class in a pattern: to \w the vowel signs of Hindi are no part of a word.
MARKS = "".join(sign for sign in map(chr, range(0x300, 0x1F000)) if unicodedata.category(sign)[0] == "M")
_PLAIN_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARKED_WORD = re.compile(rf"[^\W_][{MARKS}]*(?:['’]?[^\W_][{MARKS}]*)*")
_MARKED = re.compile(rf"[{MARKS}]")


def words(text: str) -> list[str]:
    """The words of a text, in one case, without punctuation."""
    text = compared(text)
    pattern = _MARKED_WORD if not text.isascii() and _MARKED.search(text) else _PLAIN_WORD
    return pattern.findall(text.replace("’", "'"))


def phrase(found: list[str]) -> str:
    """Words with a space around each, so that one phrase can be looked for in another."""
    return f" {' '.join(found)} "


# -- look-alikes -----------------------------------------------------------------------------------------------------

# The letters most used to imitate Latin ones (Unicode TR39's confusables, those of Cyrillic, Greek and Armenian).
ALIKE = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m",
        "н": "h", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "у": "y", "ѵ": "v", "ԝ": "w", "х": "x",
        "α": "a", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x",
        "γ": "y", "ո": "n", "ս": "u", "օ": "o", "ց": "g", "ı": "i", "ɑ": "a", "ɡ": "g", "0": "o", "1": "l", "|": "l",
    }
)  # fmt: skip


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """Texts that look the same have the same skeleton (in the spirit of Unicode TR39). Only to warn, never to trust."""
    shown = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(
        sign for sign in shown if not unicodedata.combining(sign) and not is_hidden(sign)
    ).translate(ALIKE)
    return bare.replace("rn", "m").replace("vv", "w").replace("i", "l")


@lru_cache(maxsize=64)
def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text that could be an address, a name or a number: what a look-alike could imitate."""
    return tuple(dict.fromkeys(_tokens(text)))


def _tokens(text: str) -> Iterator[str]:
    for found in re.findall(r"\S+", text):
        if token := found.strip("()<>[]{}\"'“”‘’„.,;:!?"):
            yield token
