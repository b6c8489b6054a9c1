"""Characters of a mail that show nothing, or turn others around: taken out, and named where they can carry a message.

Which these are, the policy's own list says. Newsletters fill their first line with them, and some scripts need
joiners between letters: neither is worth a word.
"""

import re
import unicodedata
from collections import Counter

from agents.policy.language.invisible import is_hidden

SELECTORS = "variation selectors"
SPELLS = 16  # letters without width in a row, in no order, may spell something out
ENOUGH = 4  # so many selectors change the look of a letter, and more spell something out
QUIET = frozenset("\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_NEW_EMOJI = range(0x1F000, 0x1FB00)  # signs that are younger than this Python show something all the same
_blank = "[ \u00a0\u2000-\u200a\u202f\u205f\u3000]"
_flag = re.compile(
    "\U0001f3f4[\U000e0030-\U000e007a]{2,7}\U000e007f"
)  # the flags of England, Scotland, Wales


def taken_out(text: str) -> tuple[str, list[str]]:
    """(the text as it is seen, the kinds of hidden characters that may carry a message)."""
    if text.isascii():
        return text, []
    hidden = "".join(re.escape(sign) for sign in sorted(set(text)) if _hides(sign))
    if not hidden:
        return text, []
    named: Counter[str] = Counter()
    run = f"[{hidden}](?:{_blank}*[{hidden}]){{2,}}+{_blank}*"
    padded = re.sub(run, lambda match: _padding(match, named), text)
    shown = re.sub(f"{_flag.pattern}|[{hidden}]", lambda match: _kept(match, named), padded)
    if shown != text and len(padded) < len(text):
        shown = re.sub(r"\n{3,}", "\n\n", re.sub(f"(?:^|(?<=\n)){_blank}+(?=\n)", "", shown))
    return shown, sorted(kind for kind, times in named.items() if kind != SELECTORS or times > ENOUGH)


def _hides(sign: str) -> bool:
    """Control characters and the ends of lines are looked at elsewhere: they become spaces or new lines."""
    return (
        is_hidden(sign)
        and ord(sign) not in _NEW_EMOJI
        and unicodedata.category(sign) not in {"Cc", "Zl", "Zp"}
    )


def spelled(text: str) -> str:
    """What hidden characters spell out: by tags, selectors, or letters without width as noughts and ones."""
    if text.isascii():
        return ""
    tags = "".join(chr(ord(sign) - 0xE0000) for sign in text if 0xE0020 <= ord(sign) <= 0xE007E)
    chosen = bytes(
        code - 0xFE00 if code < 0xE0100 else code - 0xE0100 + 16
        for code in map(ord, text)
        if 0xFE00 <= code <= 0xFE0D or 0xE0100 <= code <= 0xE01EF
    )
    words = [tags, chosen.decode("utf-8", "replace")]
    for match in re.finditer("[\u200b-\u200d\u2060\ufeff]{32,}", text):
        signs = sorted(set(match[0]))
        words += [_bits(match[0], zero) for zero in signs] if len(signs) == 2 else []
    return " ".join(word for word in words if word)


def _bits(run: str, zero: str) -> str:
    ones = "".join("0" if sign == zero else "1" for sign in run)
    said = bytes(int(ones[at : at + 8], 2) for at in range(0, len(ones) - 7, 8)).decode("ascii", "ignore")
    return said if len(said) * 8 > len(ones) - 8 and said.isprintable() else ""


def _padding(match: re.Match[str], named: Counter[str]) -> str:
    """Nothing but joiners and spaces pushes the rest of a mail out of a list's line; other signs are looked at."""
    run = match[0]
    letters = run.rstrip()
    repeats = any(letters[size:] == letters[:-size] for size in range(1, 9))
    if len(letters) >= SPELLS and set(letters) <= QUIET and not repeats:
        named["letters without width"] += 1
    return (
        (" " if any(sign.isspace() for sign in run) else "") if set(run.replace(" ", "")) <= _FILLS else run
    )


_FILLS = QUIET | set(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)


def _kept(match: re.Match[str], named: Counter[str]) -> str:
    sign, text = match[0], match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if len(sign) > 1 or (_joins(sign, before, after) if sign in "\u200c\u200d" else _colours(sign, before)):
        return sign
    if sign not in QUIET:
        named[_kind(ord(sign))] += 1
    return ""


def _joins(sign: str, before: str, after: str) -> bool:
    """Between the letters of a script that joins them, or the signs of an emoji."""
    if not before or not after:
        return False
    if all(
        0x600 <= ord(letter) < 0x2000 and unicodedata.category(letter)[0] in "LM"
        for letter in (before, after)
    ):
        return True
    emoji = before == "\ufe0f" or unicodedata.category(before) in {"So", "Sk"}
    return sign == "\u200d" and emoji and (unicodedata.category(after) == "So" or ord(after) in _NEW_EMOJI)


def _colours(sign: str, before: str) -> bool:
    return sign in "\ufe0e\ufe0f" and before != "" and unicodedata.category(before)[0] in "SPN"


def _kind(code: int) -> str:
    if 0xE0000 <= code <= 0xE007F:
        return "tags"
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return SELECTORS
    if 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
        return "direction marks"
    return "signs without a meaning" if unicodedata.category(chr(code)) in {"Co", "Cn", "Cs"} else "fillers"
