"""Which characters do not show, and which texts look the same. Pure; only to refuse or to warn, never to trust.

``agents.policy`` has tables of its own; a test holds the two together.
"""

import unicodedata

# By category: controls (line breaks among them), direction marks, joiners, private and unassigned signs, separators.
CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
# Letters and marks that show nothing all the same: fillers, blank braille, variation selectors.
BLANK = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u2800\u180b\u180c\u180d\u180f") | {
    chr(number) for number in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}

# The letters most used to imitate Latin ones (those of Cyrillic, Greek and Armenian in Unicode's TR39).
ALIKE = str.maketrans(
    {
        "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m",
        "н": "h", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "у": "y", "ѵ": "v", "ԝ": "w", "х": "x",
        "α": "a", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x",
        "γ": "y", "ո": "n", "ս": "u", "օ": "o", "ց": "g", "ı": "i", "ɑ": "a", "ɡ": "g", "0": "o", "1": "l", "|": "l",
        "ß": "b", "β": "b", "ꭺ": "a", "ᴀ": "a", "ɢ": "g", "ᴇ": "e", "ɴ": "n", "ᴛ": "t", "ᴘ": "p", "ᴏ": "o", "ʀ": "r",
        "ʟ": "l", "ł": "l", "ø": "o", "đ": "d", "ŧ": "t", "ħ": "h", "ѡ": "w", "ω": "w", "ɩ": "i",
    }
)  # fmt: skip


def unseen(one: str) -> bool:
    """A character that shows nothing, breaks the line, or turns others around."""
    return unicodedata.category(one) in CATEGORIES or one in BLANK


def skeleton(text: str) -> str:
    """Texts that look the same have the same skeleton, in the spirit of Unicode's TR39."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in parts if not unicodedata.combining(letter) and not unseen(letter))
    bare = text.lower().translate(ALIKE).replace("rn", "m").replace("vv", "w").replace("i", "l")
    return "".join(letter for letter in bare if letter.isalnum())
