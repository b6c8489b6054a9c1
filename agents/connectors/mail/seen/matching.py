"""Which rules fit which element: all selectors at once, one step for each element.

Each compound of each selector is a bit. What an element's parents and siblings were is kept as such bits, so that
nothing is ever looked up twice: trying selectors one by one can take for ever with a page that is made for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from agents.connectors.mail.seen.bounds import Budget
from agents.connectors.mail.seen.selectors import Chain, Compound, Place, fits
from agents.connectors.mail.seen.tree import attribute


@dataclass(slots=True)
class Around:
    """Bits of what stands around the next element: its parent, all that holds it, the sibling before, all before."""

    parent: int = 0
    holders: int = 0
    before: int = 0
    siblings: int = 0

    def inside(self, bits: int) -> "Around":
        """For the children of an element with these bits."""
        holders = self.holders | bits
        return Around(parent=bits, holders=self.holders if holders == self.holders else holders)

    def passed(self, bits: int) -> None:
        self.before = bits
        self.siblings |= bits


class Matcher:
    def __init__(self, chains: Sequence[Chain], budget: Budget) -> None:
        self.budget = budget
        self.by_tag: defaultdict[str, int] = defaultdict(int)
        self.by_id: defaultdict[str, int] = defaultdict(int)
        self.by_class: defaultdict[str, int] = defaultdict(int)
        self.joined = {"": 0, " ": 0, ">": 0, "+": 0, "~": 0}
        self.rare: dict[int, Compound] = {}  # compounds with more to ask than the three above, by their bit
        self.ends: dict[int, int] = {}  # which chain ends at a bit
        self.last = 0
        self.known: dict[tuple[str, str, str], int] = {}
        bit = 1
        for number, chain in enumerate(chains):
            for joint, compound in chain.compounds:
                self._learn(bit, joint, compound)
                bit <<= 1
            self.ends[bit >> 1] = number
            self.last |= bit >> 1
        self.questions = sum(self.rare)

    def _learn(self, bit: int, joint: str, compound: Compound) -> None:
        self.by_tag[compound.tag] |= bit
        self.by_id[compound.id] |= bit
        self.by_class[compound.classes[0] if compound.classes else ""] |= bit
        self.joined[joint] |= bit
        if compound.checks or len(compound.classes) > 1:
            self.rare[bit] = compound

    def bits(self, place: Place, around: Around) -> int:
        joined = self.joined
        fitting = self._alone(place)
        if not fitting:
            return 0
        return fitting & (
            joined[""]
            | (around.holders << 1 & joined[" "])
            | (around.parent << 1 & joined[">"])
            | (around.before << 1 & joined["+"])
            | (around.siblings << 1 & joined["~"])
        )

    def chains(self, bits: int) -> list[int]:
        """The numbers of the selectors that fit whole."""
        found, bits = [], bits & self.last
        while bits and self.budget.spend():
            low = bits & -bits
            found.append(self.ends[low])
            bits ^= low
        return found

    def _alone(self, place: Place) -> int:
        """The compounds that this element is, whatever stands around it."""
        element = place.element
        key = (element.name.lower(), attribute(element, "id"), attribute(element, "class"))
        fitting = self.known.get(key)
        if fitting is None:
            fitting = self.known[key] = self._by_name(place, key[0], key[1].lower())
        asked = fitting & self.questions
        while asked and not self.budget.short:
            low = asked & -asked
            if not fits(self.rare[low], place, self.budget):
                fitting ^= low
            asked ^= low
        return fitting & ~asked  # what could not be asked any more does not fit

    def _by_name(self, place: Place, tag: str, identity: str) -> int:
        classes = self.by_class[""]
        for name in place.classes:
            classes |= self.by_class.get(name, 0)
        tags = self.by_tag[""] | self.by_tag.get(tag, 0)
        return tags & (self.by_id[""] | (self.by_id.get(identity, 0) if identity else 0)) & classes
