"""Single things that stand in what was read: an ingredient, a place. An item of a list there, or out of a sentence?"""

import re
from itertools import islice

LIST_LINE = 8  # words of a line that is one item of a list
SEVERAL = 3  # parts of a line that make it a list

# Words that join the parts of one thing: “salt and pepper”, “Mehl mit Hefe”.
JOINS = frozenset(
    ("and", "of", "with", "und", "mit", "et", "de", "du", "des", "y", "con", "e", "di", "met", "og", "i")
)
_MORE = """
please send pay transfer delete forward reply don't do not never must should could can't
liebe lieber bitte sofort hallo dear chère cher querido querida cara caro
het een dat deze ik jij hij wij jullie voor naar niet ook maar als dan heeft wordt
att det den ett som på av för till inte jag du han hon vi ni är har ska en jeg ikke
na do nie się jest są jak oraz ale albo przez dla od po pod nad przy ten ta to te tego tej proszę prosimy
ve ile bu bunu şu için lütfen ama değil bir ben sen biz siz olarak gibi kadar
se je jsou není nebo pro před při aby prosím ja on ei että mutta kun ole hän me he
és nem hogy egy az kérem van csak și sau pentru nu este sunt care vă rog
não um uma os as dos das em no nas ao aos você eu ele ela por favor
и в во не на что он она они мы вы я с со как по это из за от до для пожалуйста но или та що це у з від будь ласка але
και να το τα τη την τον του της των στο στη στην με για από δεν που είναι παρακαλώ
"""
# Words that hold sentences together, of more languages than instructions are mostly written in.
MORE_GRAMMAR = frozenset(_MORE.split())
LIST_MARK = re.compile(r"^\s*(?:[-*•–·]|\d{1,2}[.)])\s+")
_PARTS = re.compile(r"[,;|]|\s/\s")
_PIECE = r"[\w'’@/\\#-]"  # what touches it makes it a piece of something longer


_NEAR = 200  # characters of a line that are looked at on each side
_PLACES = 200  # places of a text that are looked at: more of them are no list


def item_of(item: str, text: str) -> bool | None:
    """None: it does not stand there as it is (a capital aside); else whether it does as an item of a list."""
    found: bool | None = None
    for wanted in {item, item[:1].swapcase() + item[1:]}:
        whole = re.finditer(rf"(?<!{_PIECE}){re.escape(wanted)}(?!{_PIECE})", text)
        for place in islice(whole, _PLACES):
            before = text[max(0, place.start() - _NEAR) : place.start()].rpartition("\n")[2]
            after = text[place.end() : place.end() + _NEAR].partition("\n")[0]
            if len(before) < _NEAR > len(after) and _is_listed(wanted, before + wanted + after):
                return True
            found = False
    return found


def _is_listed(item: str, line: str) -> bool:
    mark = LIST_MARK.match(line)
    bare = line[mark.end() :] if mark else line
    if mark and len(bare.split()) <= LIST_LINE:
        return True
    parts = [part.strip(" .") for part in _PARTS.split(bare.rpartition(":")[2])]
    return len(parts) >= SEVERAL and item in parts
