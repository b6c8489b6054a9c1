"""What leads somewhere: links, addresses, codes. Every disguise is taken off before a text is searched.

Here an error asks a person once too often; elsewhere it would let something out. So whatever could be read as a link,
by a program or by a person, is one. All patterns run in time that grows with the text and no faster.
"""

import re
import unicodedata
from html import unescape

from agents.policy.hiding import hidden, marked

DOTS = (
    dict.fromkeys("。．｡․・‧∙·⋅•⸱۔܁܂᛫ㆍ", ".")
    | dict.fromkeys("／⁄∕⧸╱", "/")
    | dict.fromkeys("＠﹫", "@")
    | dict.fromkeys("：꞉∶։ː׃", ":")
)


class _Shown(dict[int, str | None]):
    """For ``str.translate``: what hides goes, marks on letters go, other dots become dots. Filled as it is used."""

    def __missing__(self, code: int) -> str | None:
        one = chr(code)
        drops = hidden(one) or unicodedata.category(one) == "Mn"
        shown = None if drops else DOTS.get(one, one)
        if code < 0x3000:  # the rest is too much to keep
            self[code] = shown
        return shown


_SHOWN = _Shown()


def undisguised(text: str) -> str:
    """The text without what hides in it; compatibility forms and HTML's entities as the letters they show."""
    if "&" in text:
        text = unescape(text)
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).translate(_SHOWN)


# Names that end a host, where a space stands before them. Elsewhere any letters after a dot do.
ENDINGS = "com|net|org|info|biz|io|co|ru|cn|de|eu|uk|fr|xyz|top|site|online|link|click|app|dev|ai|me|shop"
SAID_DOT = re.compile(
    rf" ?[\[({{<] ?(?:\.|dot|punkt|point|punto|ponto) ?[\])}}>] ?|(?<=\w)[ _*\-]dot[ _*\-](?=\w)"
    rf"|(?<=\w) (?:punkt|point|punto|ponto) (?=(?:{ENDINGS})\b)",
    re.IGNORECASE,
)
_MAY_SAY = re.compile(r"[\[({<]|dot|punkt|point|punto|ponto", re.IGNORECASE)  # looked for first: it is quick
MARKUP = re.compile(r"[*`~\\^|\"'“”‘’_]+")  # stands between letters and shows nothing once a text is rendered
# By the signs without which a text holds none of them: most texts lack most signs, and looking for one costs nothing.
LEADS = [
    (signs, re.compile(pattern, re.IGNORECASE | re.VERBOSE))
    for signs, pattern in (
        (("@",), r"\S@\S"),
        ((":",), r":(?<=\w:)[/:] | ::\w | \b(?:mailto|tel|sms|javascript|data|file|ftp|ssh):"),
        (
            (".",),
            rf"\.(?:(?<!\.\.)[^\W\d_][\w-] | \ (?:{ENDINGS})\b | (?<=\bwww\.))"
            r"| (?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)",
        ),
        (("ttp", "xxp"), r"\bh(?:tt|xx)ps?\b"),
        (("--",), r"\bxn--"),
        (("%",), r"%[0-9a-f]{2}"),
        (("\\",), r"\\[ux][0-9a-f]{2} | \\\\\w"),
        (("<",), r"<\s*/?[a-z!]"),
        (("]",), r"\]\s*\("),
        (("[", "(", "{", "<"), r"[\[({<]\ ?(?:at|ät|@)\ ?[\])}>]"),
    )
]


def _leads(text: str) -> bool:
    low = text.lower()
    return any(any(one in low for one in signs) and pattern.search(text) for signs, pattern in LEADS)


def leads(text: str) -> bool:
    """Does it hold a link, an address, or a thing that programs or people make one of?"""
    plain = " ".join(undisguised(text).split())
    if _MAY_SAY.search(plain):
        plain = SAID_DOT.sub(".", plain)
    return _leads(plain) or bool(MARKUP.search(plain) and _leads(MARKUP.sub("", plain)))


# Digits with nothing but spaces and marks between them, or letters one by one: a code that was spread out.
SPREAD = re.compile(r"\d(?:[\W_]*\d){3,}")
SPELLED = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_])){4,}")
DATE = re.compile(
    r"(?:19|20)\d\d(?<!\d{5})[-./](?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])(?!\d)"
    r"(?:[T ]\d{1,2}:\d\d(?::\d\d)?(?!\d))?"
)
CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!\d)")
YEAR = re.compile(r"(?:19|20)\d\d")
LONGEST_WORD = 24  # letters without a break: longer ones are no word of a sentence
MOST_TIMES = 12  # dates and times in one text: more of them could be a code that is dressed as such
_PART = re.compile(r"[^\s,;()\[\]{}<>\"“”„]+")
_HEX = re.compile(r"[a-f]{8,}", re.IGNORECASE)
_TURNS = re.compile(r"[a-z][A-Z]|[A-Z][a-z]")


def secret(text: str) -> bool:
    """Does it hold something that could be a code, a number of an account, a key? Dates and times are none."""
    if smuggles(text):
        return True
    plain, dates = DATE.subn(" ", undisguised(text))
    plain, clocks = CLOCK.subn(" ", plain) if ":" in plain else (plain, 0)
    if dates + clocks > MOST_TIMES or SPREAD.search(plain) or SPELLED.search(plain):
        return True
    run = ""  # of tokens one after the other that hold digits: A1B 2C3 D4E
    for part in _PART.findall(plain):
        if len(part) < 8 and part.isalpha():  # a word
            run = ""
            continue
        bare = part if part.isalnum() else "".join(one for one in part if one.isalnum())
        digits = any(map(str.isdigit, bare))
        if _coded(part, bare, digits):
            return True
        run = run + bare if digits else ""
        if len(run) >= 6 and not run.isdigit():
            return True
    return False


def smuggles(text: str) -> bool:
    """Signs that show nothing, other than what belongs to an emoji: any number of them can say anything."""
    if text.isascii() and text.isprintable():
        return False
    return any(hides for _, hides in marked(text))


def _coded(part: str, bare: str, digits: bool) -> bool:
    if digits:
        return len(bare) >= 4 and not YEAR.fullmatch(part.strip(".:!?'’*_"))
    if len(bare) > LONGEST_WORD or _HEX.fullmatch(bare):
        return True
    return len(bare) >= 8 and len(_TURNS.findall(bare)) >= 4
