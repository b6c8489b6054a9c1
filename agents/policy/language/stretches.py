"""The person's text, and which parts of it are whole: what may be sent as their words, exactly as they wrote it.

A stretch is contiguous, in their case, order and marks (white space made single, or as it was). It begins and ends
where a reader accepts it: it is whole sentences; or the end of one that they set apart (in quotes, after a colon, a
“that”, a “with the text”); or, for names, a phrase inside one clause. Part of a sentence counts for nothing where what
is left out turns it round: “Pay Max, not Anna” never becomes “Pay Max”.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from agents.policy.language.alphabet import runs, script, scripts
from agents.policy.language.tokens import fold

Span = tuple[int, int]
PHRASE = 8  # words of a name
PLACES = 64  # where the same words stand that are looked at


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What turns a sentence round, or makes it hold only sometimes.
_TURNS = _set(
    "not no never none nobody nothing neither nor cannot without except instead rather stop avoid refuse hardly only"
    " nicht kein keine keinen keinem keiner nie niemals niemand nichts ohne weder statt außer sondern kaum nur"
    " ne pas jamais aucun aucune personne rien sans ni sauf seulement"
    " nunca jamás sin tampoco nadie nada salvo solo sólo non senza né nessuno niente tranne não nem sem ninguém"
    " niet geen nooit zonder niemand nie nigdy bez ani nikt nikdy inte ikke ej aldrig utan uten uden inga ingen"
    " nu fără niciodată nem soha nélkül ei älä eivät değil hayır asla yok"
    " не нет ни никогда без нельзя нету ні ніколи немає нема кроме δεν δε μην όχι χωρίς ποτέ"
    " لا لم لن ليس ليست بدون לא אל אין בלי नहीं मत बिना"
)
_SOMETIMES = _set(
    "if unless until till once provided wenn falls sofern sobald bis si jusqu hasta finché purché tenzij tot jeśli"
    " dopóki om hvis dacă jos eğer если пока якщо доки αν إذا אם अगर"
)
_TURNS_EAST = (
    "不",
    "没",
    "沒",
    "別",
    "别",
    "勿",
    "未",
    "非",
    "無",
    "无",
    "ない",
    "ませ",
    "ず",
    "않",
    "지 마",
    "지마",
    "못",
    "아니",
    "ไม่",
    "อย่า",
)
_SOMETIMES_EAST = ("如果", "たら", "なら", "れば", "만약", "면 ", "ถ้า")

# A dot behind these ends no sentence.
_SHORT = _set(
    "dr mr mrs ms prof st nr no bzw usw etc vs ca ggf inkl zzgl abs art str tel sr sra srta mme mlle hr fr"
)
_LETTERS = re.compile(r"(?:\w{1,2}\.)*\w?")  # “e.g”, “z.B”, an initial
_CLOSERS = "\"'”’“»›)]}」』】*_"
_LIST_MARK = re.compile(r"(?:[-*•–]|\d{1,2}[.)])$")
_END = re.compile(rf"[.!?…;][{re.escape(_CLOSERS)}]*$")
_EAST_END = re.compile(r"[。！？；][」』】）”’]*")
# What sets the rest of a sentence apart as words to be used.
_SET_APART = re.compile(
    r":[*_]* |： ?|\b(?:that|saying|says|dass|daß|que|che|att|že|hogy|что|що|ότι) "
    r"|\b(?:with|and|mit|und|con|avec|et|y|e) (?:(?:the|a|as|dem|der|einer|el|la|le|un|une|il|un) )?"
    r"(?:text|words|message|subject|title|description|body|wortlaut|nachricht|betreff|titel|beschreibung|inhalt"
    r"|texto|mensaje|asunto|título|descripción|texte|objet|sujet|titre|corps|testo|oggetto|titolo|descrizione) "
    r"|\b(?:titled|named|called|entitled|namens|intitulé|titulado|intitolato) ",
    re.IGNORECASE,
)
_QUOTES = [
    re.compile(pattern)
    for pattern in (
        r"\"([^\"]+)\"", r"“([^“”]+)”", r"„([^„“”]+)[“”]", r"«\s?([^«»]+?)\s?»", r"»([^«»]+)«", r"‹([^‹›]+)›",
        r"「([^「」]+)」", r"『([^『』]+)』", r"(?<!`)`([^`]+)`(?!`)",
        r"(?<!\w)'([^\s'](?:[^']|'(?=\w)){0,600})'(?!\w)",
        r"(?<!\w)‘([^‘]{1,600}?)’(?!\w)", r"‚([^‚‘’]+)[‘’]",
    )
]  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CLAUSE = re.compile(r"[,;:!?…，、；：。！？()\[\]{}\"“”„«»「」『』]|\.(?:\s|$)")
_OPENS, _CLOSES = "([{<\"'“‘„‚«‹「『【*`_#¿¡", ")]}>\"'”’“»›」』】*`_.,:;!?…。！？，、；："


def one_space(text: str) -> str:
    return " ".join(text.split())


class Stretches:
    """The whole parts of one text. Everything is found out when it is first asked for."""

    def __init__(self, written: str) -> None:
        self.written = unicodedata.normalize("NFC", written)
        self.text = one_space(self.written)

    @cached_property
    def scripts(self) -> frozenset[str]:
        return scripts(self.text)

    @cached_property
    def runs(self) -> frozenset[str]:
        return runs(self.text)

    # -- whole sentences, and what is set apart -------------------------------------------------------------------

    def stretches(self, text: str, *, word: bool = False) -> Iterator[Span]:
        """Where ``text`` stands as a whole stretch; ``word``: one word alone does too."""
        for start, end in self._places(self._as_written(text)):
            whole = start in self._sentence_starts and end in self._ends
            apart = self._apart(start, end) or (word and self._lone(start, end))
            if whole or (apart and not self.turned(start, end)):
                yield start, end

    def _apart(self, start: int, end: int) -> bool:
        return (start, end) in self._quoted or (end in self._ends and start in self._set_apart)

    def _lone(self, start: int, end: int) -> bool:
        """One word: it says no more than that it was said."""
        word = self.text[start:end]
        return word.isalnum() and len(word) > 1 and self._bounded(start, end) and not _turning(word)

    # -- names -----------------------------------------------------------------------------------------------------

    def phrases(self, text: str, *, most: int = PHRASE) -> Iterator[Span]:
        """Where ``text`` stands as a name: a stretch, quoted or not, or a phrase inside one clause."""
        for start, end in self._places(self._as_written(text)):
            if (start, end) in self._quoted or (
                self._clause(start, end, most) and not self.turned(start, end, sometimes=True)
            ):
                yield start, end

    def spelled(self, text: str, *, most: int = PHRASE, after: int = 0) -> Span | None:
        """Where ``text`` stands as a phrase as it is usually spelled anew: with capitals, or without."""
        if text != one_space(text):
            return None
        for start, end in self._places(fold(text), self._folded):
            if start >= after and self._clause(start, end, most) and text in usual(self.text[start:end]):
                return start, end
        return None

    def _clause(self, start: int, end: int, most: int) -> bool:
        text = self.text[start:end]
        return len(text.split()) <= most and _CLAUSE.search(text) is None and self._bounded(start, end)

    # -- where things stand ------------------------------------------------------------------------------------------

    def _as_written(self, text: str) -> str:
        """With single spaces, where its white space is that or the person's own; else nothing."""
        single = one_space(text)
        return single if text == single or (text == text.strip() and text in self.written) else ""

    def _places(self, wanted: str, text: str | None = None) -> Iterator[Span]:
        text = self.text if text is None else text
        at = text.find(wanted) if wanted else -1
        for _ in range(PLACES):
            if at < 0:
                return
            yield at, at + len(wanted)
            at = text.find(wanted, at + 1)

    @cached_property
    def _folded(self) -> str:
        return fold(self.text)

    def _bounded(self, start: int, end: int) -> bool:
        """Does it begin and end with whole words?"""
        before, after = self.text[:start].rpartition(" ")[2], self.text[end:].partition(" ")[0]
        return self._edge(before[-1:], self.text[start], before, _OPENS) and self._edge(
            after[:1], self.text[end - 1], after, _CLOSES
        )

    @staticmethod
    def _edge(beyond: str, within: str, rest: str, marks: str) -> bool:
        if not beyond or (beyond in marks and all(mark in marks for mark in rest)):
            return True
        if "’" in rest[:1] or "'" in rest[:1]:
            return rest[1:2] == "s" and all(mark in marks for mark in rest[2:])
        east = {script(beyond), script(within)}
        return len(east) == 2 and bool(east & {"CJK", "HIRAGANA", "KATAKANA", "HANGUL"}) and "" not in east

    def turned(self, start: int, end: int, *, sometimes: bool = False) -> bool:
        """Does what is left out of its sentence turn it round? Behind it, a condition does as well."""
        before = self.text[max(place for place in self._starts if place <= start) : start]
        after = self.text[end : min((place for place in self._ends_full if place >= end), default=None)]
        return (
            _turning(before) or _turning(after) or (sometimes and _turns(after, _SOMETIMES, _SOMETIMES_EAST))
        )

    # -- sentences -----------------------------------------------------------------------------------------------------

    @cached_property
    def _cuts(self) -> tuple[frozenset[int], frozenset[int]]:
        """Where sentences begin and end in the text with single spaces."""
        begins, ends, at, fresh = set(), set(), 0, True
        found = list(re.finditer(r"\S+", self.written))
        for number, token in enumerate(found):
            word = token.group()
            if fresh:
                begins.add(at)
            mark = fresh and _LIST_MARK.match(word) is not None
            end = at + len(word)
            following = found[number + 1] if number + 1 < len(found) else None
            gap = self.written[token.end() : following.start()] if following else ""
            fresh = following is None or mark or _ends(word, gap, following.group())
            if fresh and not mark:
                ends.add(end)
            at = end + 1
        for east in _EAST_END.finditer(self.text):
            ends.add(east.end())
            begins.add(east.end() + (self.text[east.end() : east.end() + 1] == " "))
        return frozenset(begins), frozenset(ends)

    @property
    def _starts(self) -> frozenset[int]:
        return self._cuts[0]

    @property
    def _ends_full(self) -> frozenset[int]:
        return self._cuts[1]

    @cached_property
    def _sentence_starts(self) -> frozenset[int]:
        """Also behind the marks that open a quotation."""
        return self._starts | {
            at + len(self.text[at:]) - len(self.text[at:].lstrip("\"'“„«‘*_")) for at in self._starts
        }

    @cached_property
    def _ends(self) -> frozenset[int]:
        """Ends of sentences: with their mark, without what closes behind it, and without a single full stop."""
        found = set(self._ends_full)
        for end in self._ends_full:
            bare = len(self.text[:end].rstrip(_CLOSERS))
            found |= {bare, bare - 1} if self.text[bare - 1 : bare] in {".", "。"} else {bare}
        return frozenset(found)

    @cached_property
    def _set_apart(self) -> frozenset[int]:
        return frozenset(opening.end() for opening in _SET_APART.finditer(self.text))

    @cached_property
    def _quoted(self) -> frozenset[Span]:
        return frozenset(
            quotation.span(1) for pattern in _QUOTES for quotation in pattern.finditer(self.text)
        )


def _ends(word: str, gap: str, following: str) -> bool:
    """Does a sentence end between these two? A line that is only wrapped ends none."""
    lines = gap.count("\n")
    if lines > 1 or (lines and (_LIST_MARK.match(following) or word[-1:] in ":：")):
        return True
    if not _END.search(word):
        return False
    bare = word.rstrip(_CLOSERS)
    stem = bare[:-1].lower().lstrip("([\"'“„")
    if bare.endswith(".") and not lines and (stem in _SHORT or stem.isdigit() or _LETTERS.fullmatch(stem)):
        return False
    return not following[:1].islower()


def _turning(text: str) -> bool:
    return _turns(text, _TURNS, _TURNS_EAST)


def _turns(text: str, turning: frozenset[str], east: tuple[str, ...]) -> bool:
    found = (word.replace("’", "'") for word in _WORD.findall(fold(text)))
    return any(word in turning or word.endswith("n't") or word.startswith("n'") for word in found) or (
        not text.isascii() and any(sign in text for sign in east)
    )


def usual(stretch: str) -> frozenset[str]:
    """How a phrase is spelled as a heading: as it is, small, with a capital first, with a capital each."""
    capital, each = (
        stretch[:1].upper() + stretch[1:],
        " ".join(word[:1].upper() + word[1:] for word in stretch.split()),
    )
    return frozenset({stretch, capital, each, fold(stretch), fold(stretch)[:1].upper() + fold(stretch)[1:]})
