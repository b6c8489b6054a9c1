"""Characters that show nothing, or turn others around: to find them, and to spell them out for a reader."""

import unicodedata
from collections.abc import Iterator

# Letters and marks by their category that show nothing: Hangul and Khmer fillers, the combining joiner, blank braille.
LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800\u180b\u180c\u180d\u180f")
# Variation selectors: two hundred and fifty-six signs that show nothing can carry any text behind one letter.
INVISIBLE = LETTERS | {chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}


def is_hidden(sign: str) -> bool:
    """A character that shows nothing, or turns others around."""
    if sign in "\n\t\r":
        return False
    return unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"} or sign in INVISIBLE


_EMOJI = {"So", "Sk"}


def marked(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it hides. What joins or colours the signs of an emoji does not."""
    before, colours = "", False
    for sign in text:
        emoji = before != "" and unicodedata.category(before) in _EMOJI
        joins = (sign == "\ufe0f" and emoji) or (sign == "\u200d" and (emoji or colours))
        yield sign, is_hidden(sign) and not joins
        before, colours = sign, sign == "\ufe0f" and joins


def spelled_out(text: str) -> str:
    """The text with every character that hides or turns others around as its number: ``⟨U+202E⟩``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(spelled(sign) if hides else sign for sign, hides in marked(text))


def spelled(sign: str) -> str:
    return f"⟨U+{ord(sign):04X}⟩"
