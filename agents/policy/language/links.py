"""What leads somewhere: links, addresses, codes. Every disguise is taken off before a text is searched.

Here an error asks a person once too often; elsewhere it would let something out. So whatever could be read as a link,
by a program or by a person, is one. All patterns run in time that grows with the text and no faster.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

from agents.policy.language.invisible import is_hidden, marked
from agents.policy.language.worded_links import says_link

DOTS = (
    dict.fromkeys("。．｡․・‧∙·⋅•⸱۔܁܂᛫ㆍ", ".")
    | dict.fromkeys("／⁄∕⧸╱", "/")
    | dict.fromkeys("＠﹫", "@")
    | dict.fromkeys("：꞉∶։ː׃", ":")
)
# By their names: whatever looks like a dot, and letters and digits in squares, circles, flags and mathematics.
_DOT_NAMED = re.compile(
    r"FULL STOP|\bDOT\b(?! (?:ABOVE|BELOW))|BULLET|INTERPUNCT|MIDDLE DOT|PERIOD|\bPOINT\b(?=$)|SPOT$"
)
_LETTER_NAMED = re.compile(r"\b(?:LETTER|CAPITAL|SMALL) ([A-Z])$")
_EAST = range(0x3040, 0x30000)  # between letters of the East these end a sentence, and part a name
_EAST_DOTS = "。・"


class _Shown(dict[int, str | None]):
    """For ``str.translate``: what hides goes, marks on letters go, other dots become dots. Filled as it is used."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        drops = is_hidden(sign) or unicodedata.category(sign)[0] == "M"
        shown = None if drops else DOTS.get(sign) or _named(sign)
        if code < 0x3000:  # the rest is too much to keep
            self[code] = shown
        return shown


def _named(sign: str) -> str:
    if sign.isascii() or unicodedata.category(sign)[0] not in "SPN":
        return sign
    name = unicodedata.name(sign)
    if found := _LETTER_NAMED.search(name):
        return found[1].lower()
    return "." if _DOT_NAMED.search(name) else sign


_SHOWN = _Shown()


def undisguised(text: str) -> str:
    """The text without what hides in it; compatibility forms and HTML's entities as the letters they show."""
    if "&" in text:
        text = unescape(text)
    if text.isascii():
        return text.translate(_SHOWN)
    if any(dot in text for dot in _EAST_DOTS):
        text = "".join(_sentences(text))
    return unicodedata.normalize("NFKC", text).translate(_SHOWN)


def _sentences(text: str) -> Iterator[str]:
    """A space behind a full stop between letters of the East: it leads nowhere."""
    for at, sign in enumerate(text):
        yield sign
        if (
            sign in _EAST_DOTS
            and ord(text[at - 1 : at] or " ") in _EAST
            and ord(text[at + 1 : at + 2] or " ") in _EAST
        ):
            yield " "


# What ends a host's name behind a space (“Me” begins a sentence). Without one any letters do.
ENDINGS = "com|net|org|info|biz|io|co|ru|cn|de|eu|uk|fr|xyz|top|site|online|link|click|app|dev|ai|me|shop"
MARKUP = re.compile(r"[*`~\\^|\"'“”‘’_]+")  # stands between letters and shows nothing once a text is rendered
# By the signs without which a text holds none of them: most texts lack most signs, and looking for one costs nothing.
LEADS = [
    (signs, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for signs, pattern in (
        (("@",), r"\S@\S"),
        ((":",), r":(?<=\w:)[/:] | ::\w | (?<!\w)[a-z][a-z0-9+.\-]+:[\w/?\#+%&=~*$@\[<\-]"),
        (
            (".",),
            rf"\.(?:(?<!\.\.)[^\W\d_][\w-] | \ (?-i:{ENDINGS}|{ENDINGS.upper()})\b | (?<=\bwww\.))"
            r"| (?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)",
        ),
        (("www",), r"\bwww\b"),
        (("//",), r"(?<![^\s(\[<])//\w"),
        (("--",), r"\bxn--"),
        (("%",), r"%[0-9a-f]{2}"),
        (("\\",), r"\\[ux][0-9a-f]{2} | \\\\\w"),
        (("<",), r"<\s*/?[a-z!]"),
        (("]",), r"\]\s*[(\[:]"),
        (("[[",), r"\[\["),
    )
]


def _holds_link(text: str) -> bool:
    low = text.lower()
    return any(any(sign in low for sign in signs) and pattern.search(text) for signs, pattern in LEADS)


def holds_link(text: str) -> bool:
    """Does it hold a link, an address, or a thing that programs or people make one of?"""
    plain = " ".join(undisguised(text).split())
    if _holds_link(plain) or says_link(plain):
        return True
    return bool(MARKUP.search(plain)) and _holds_link(MARKUP.sub("", plain))


# Digits with nothing but spaces and marks between them, or letters one by one: a code that was spread out.
SPREAD = re.compile(r"\d(?:[\W_]*\d){3,}")
SPELLED = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_])){4,}")
DATE = re.compile(
    r"(?:19|20)\d\d(?<!\d{5})[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])(?!\d)"
    r"(?:[T ]\d{1,2}:\d\d(?::\d\d)?(?!\d))?"
)
CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!\d)")
# A year that stands alone, with nothing but words beside it: digits that come near could make one code with it.
LONE_YEAR = re.compile(r"(?<![\w.,:/@#+\-])(?<!\d\W\W)(?<!\d\W)(?:19|20)\d\d(?![\w/:@#+\-]|[.,]\d|\W{1,3}\d)")
LONGEST_WORD = 24  # letters without a break: longer ones are no word of a sentence
MOST_TIMES = 12  # dates and times in one text: more of them could be a code that is dressed as such
_PART = re.compile(r"[^\s,;()\[\]{}<>\"“”„]+")
_HEX = re.compile(r"[a-f]{8,}", re.IGNORECASE)
# Letters of scripts that set no spaces between words: however many, they are no code.
_UNSPACED = re.compile(
    "[\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+"
)
_TURNS = re.compile(r"[a-z][A-Z]|[A-Z][a-z]")


def holds_code(text: str) -> bool:
    """Does it hold something that could be a code, a number of an account, a key? Dates and times are none."""
    if holds_hidden_text(text):
        return True
    plain, dates = DATE.subn(" ", undisguised(text))
    plain, clocks = CLOCK.subn(" ", _UNSPACED.sub(" xx ", plain))
    plain, years = LONE_YEAR.subn(" xx ", plain)
    if dates + clocks + years > MOST_TIMES or SPREAD.search(plain) or SPELLED.search(plain):
        return True
    run = ""  # of tokens one after the other that hold digits: A1B 2C3 D4E
    for part in _PART.findall(plain):
        if len(part) < 8 and part.isalpha():  # a word
            run = ""
            continue
        bare = "".join(filter(str.isalnum, part))
        digits = any(map(str.isdigit, bare))
        if _coded(bare, digits):
            return True
        run = run + bare if digits else ""
        if len(run) >= 6 and not run.isdigit():
            return True
    return False


def holds_hidden_text(text: str) -> bool:
    """Signs that show nothing, other than what belongs to an emoji: any number of them can say anything."""
    if text.isascii() and text.isprintable():
        return False
    return any(hides for _, hides in marked(text))


def _coded(bare: str, digits: bool) -> bool:
    if digits:
        return len(bare) >= 4
    if len(bare) > LONGEST_WORD or _HEX.fullmatch(bare):
        return True
    return len(bare) >= 8 and len(_TURNS.findall(bare)) >= 4
