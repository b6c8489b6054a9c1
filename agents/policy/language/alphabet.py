"""Which signs a text may hold that nobody is asked about: the instruction's scripts, common marks, few emoji.

Not a list of tricks but a list of what is ordinary: a sign that is not on it asks, whatever it is good for.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

# Marks of the languages that are written in Latin letters. All of ASCII is beside them.
COMMON = frozenset("“”‘’„‚«»‹›–—…€£¥§°©®™×±½¼¾²³¿¡ªº№→")
BULLETS = frozenset("•·")  # at the beginning of a line; elsewhere they look like the dot of a host
_EAST = "。、，！？：；（）「」『』《》〈〉【】・〜～％"
_MARKS_OF = {
    "CJK": _EAST, "HIRAGANA": _EAST, "KATAKANA": _EAST, "HANGUL": "·", "ARABIC": "،؛؟٪٫٬۔", "HEBREW": "־׳״",
    "DEVANAGARI": "।॥", "BENGALI": "।", "GREEK": "·", "ARMENIAN": "՝՞՜։", "ETHIOPIC": "፡።፣፤", "KHMER": "។៖",
    "THAI": "฿",
}  # fmt: skip
_LATIN = re.compile(
    r"LATIN (?:SMALL|CAPITAL) LETTER (?:[A-Z](?: WITH [A-Z ]+)?|AE|ETH|THORN|ENG|SCHWA)(?: WITH [A-Z]+)?"
)
_LATIN_TOO = frozenset("ßẞœŒı")  # their names are of another make
_SAME_WORD = {"CJK", "HIRAGANA", "KATAKANA"}  # one word may hold all of these
# Without spaces between words, or unlike any Latin letter: in a row with those they imitate nothing.
_BESIDE_LATIN = _SAME_WORD | {"HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "ARABIC", "HEBREW", "DEVANAGARI"}
_REPEATS = frozenset("ー々ゝゞヽヾๆ")  # modifiers that are letters of ordinary words
_WHOLE = frozenset("\u0e33\u0eb3")  # vowels that Unicode would take apart and nobody does
DIGITS_OF = {"ARABIC-INDIC": "ARABIC", "EXTENDED": "ARABIC"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SHARE = 5  # a script is the instruction's where at least one of so many letters is of it


@lru_cache(maxsize=4096)
def script(sign: str) -> str:
    """The script of a letter, a mark on letters or a digit, by its name; empty: one that no ordinary text holds."""
    if sign.isascii():
        return "LATIN" if sign.isalpha() else ""
    name, category = unicodedata.name(sign, ""), unicodedata.category(sign)
    first = name.split(" ", 1)[0]
    if category == "Nd":
        return DIGITS_OF.get(first, first) if unicodedata.normalize("NFKC", sign) == sign else ""
    if category in {"Mn", "Mc"}:
        return "" if first in {"COMBINING", "VARIATION"} else first
    if sign in _REPEATS:
        return "CJK" if first == "IDEOGRAPHIC" else first.removesuffix("-HIRAGANA")
    if category not in {"Lu", "Ll", "Lo"}:
        return ""
    if unicodedata.normalize("NFKC", sign) != sign and sign not in _WHOLE:
        return ""
    if first == "LATIN":
        return "LATIN" if _LATIN.fullmatch(name) or sign in _LATIN_TOO else ""
    return first


def scripts(text: str) -> frozenset[str]:
    """The scripts that a text is written in: a name in other letters does not make it bilingual."""
    found = [script(sign) for sign in unicodedata.normalize("NFC", text) if sign.isalpha()]
    own = {
        script_name
        for script_name in found
        if script_name and found.count(script_name) * _SHARE >= len(found)
    }
    if own & {"HIRAGANA", "KATAKANA"}:
        own |= _SAME_WORD
    return frozenset(own or {"LATIN"})


def runs(text: str) -> frozenset[str]:
    """The words of a text as runs of letters, as they are written."""
    return frozenset(_runs(unicodedata.normalize("NFC", text)))


def _runs(text: str) -> Iterator[str]:
    for letters, signs in groupby(
        text, lambda sign: unicodedata.category(sign)[0] in "LM" and sign not in COMMON
    ):
        if letters:
            yield "".join(signs)


def is_unusual(text: str, own: frozenset[str], written: frozenset[str] = frozenset()) -> bool:
    """Does it hold a sign that is not ordinary? ``own``: scripts; ``written``: words that may be in any other."""
    if _spaced(text) or _pictured(text):
        return True
    if text.isascii():
        return _CONTROL.search(text.replace("\r\n", "\n")) is not None
    rest = _without_emoji(unicodedata.normalize("NFC", text).replace("\r\n", "\n"))
    if rest is None:
        return True
    if any(not run.isascii() and not _word(run, own) and run not in written for run in _runs(rest)):
        return True
    marks = COMMON.union(*(_MARKS_OF.get(script_name, "") for script_name in own))
    return any(not _ordinary(rest, at, sign, own, marks) for at, sign in enumerate(rest))


def _word(run: str, own: frozenset[str]) -> bool:
    """Letters of one script that is the instruction's, with no more marks on them than any language needs."""
    found = {script(sign) for sign in run if not sign.isascii()}
    alone = len(found) == 1 or found <= _SAME_WORD
    beside = found <= _BESIDE_LATIN or found == {"LATIN"} or not any(map(str.isascii, run))
    return alone and beside and found <= own and not _heaped(run)


def _heaped(run: str) -> bool:
    marks = [unicodedata.category(sign)[0] == "M" for sign in run]
    return marks[0] or any(all(marks[at : at + 4]) for at in range(len(marks) - 3))


def _ordinary(text: str, at: int, sign: str, own: frozenset[str], marks: frozenset[str]) -> bool:
    if sign.isascii():
        return sign >= " " or sign in "\n\t"
    match unicodedata.category(sign)[0]:
        case "L" | "M":
            return True  # looked at word by word
        case "N" if script(sign):
            return script(sign) in own
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if (
        sign in "\u00a0\u202f"
    ):  # French and numbers set them: beside a mark or a digit, where one can be expected
        return after in set("!?:;»%€") or before == "«" or (before.isdigit() and bool(after.strip()))
    if sign in BULLETS and not text[:at].rpartition("\n")[2].strip():
        return True
    return sign in marks


# -- emoji ---------------------------------------------------------------------------------------------------------

MOST_EMOJI, KINDS, JOINERS = 6, 3, 3
_FACES = "\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff\U0001fa70-\U0001faff"
_ONE = rf"(?:[{_FACES}❤☀☁☕⚠⚡⭐✅✔✓❌✨❗❓✉☎☺☹♥✌☝✋✊⏰⌛⏳]\ufe0f?[\U0001f3fb-\U0001f3ff]?)"
_EMOJI = re.compile(rf"{_ONE}(?:\u200d(?:{_ONE}|[♀♂]\ufe0f?)){{0,{JOINERS}}}")
_TELLS = re.compile(
    r"LETTER|DIGIT|NUMBER|INPUT|SQUARED|CIRCLED|KEYCAP|CLOCK FACE|CHARACTER|SYMBOL FOR|CARD|DOT|BULLET"
)


def _without_emoji(text: str) -> str | None:
    """The text without its few emoji; None where they are many, of many kinds, or letters in disguise."""
    found = _EMOJI.findall(text)
    signs = "".join(found)
    if len(found) > MOST_EMOJI or len(set(found)) > KINDS or signs.count("\u200d") > JOINERS:
        return None
    if any(_TELLS.search(unicodedata.name(sign, "")) for sign in signs):
        return None
    return _EMOJI.sub(" ", text)


# -- what is between ------------------------------------------------------------------------------------------------

_GAPS = re.compile(r"(?<![ \t])[ \t]{3,}(?:\n|\Z)|(?<=\S)(?: {4,}|\t[ \t]+)(?=\S)|(?:\n[ \t]*){4}")
_ROW = re.compile(r"[^\w\s]{4,}")
_MARK = re.compile(r"[^\w\s]")


def _spaced(text: str) -> bool:
    """Spaces that show nothing and could say something: at ends of lines, in rows, whole empty lines."""
    return _GAPS.search(text) is not None


def _pictured(text: str) -> bool:
    """More marks than sentences need, or rows of different ones: pictures, Morse, a cipher."""
    beside = sum(mark.isascii() or unicodedata.category(mark)[0] in "PS" for mark in _MARK.findall(text))
    if beside > 12 + len(text) // 4:
        return True
    return any(len(set(row)) > 3 for row in _ROW.findall(text))
