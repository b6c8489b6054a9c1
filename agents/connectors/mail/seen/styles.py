"""What a page's styles say of one element: the rules that fit it and its own, the strongest last."""

from collections.abc import Mapping, Sequence
from typing import Any

from justhtml import Element

from agents.connectors.mail.seen import values
from agents.connectors.mail.seen.bounds import Budget
from agents.connectors.mail.seen.matching import Around, Matcher
from agents.connectors.mail.seen.selectors import Place
from agents.connectors.mail.seen.sheets import Rule
from agents.connectors.mail.seen.tree import attribute
from agents.connectors.mail.seen.values import Declaration

OWN = (1, 0, 0, 0)  # a style attribute is stronger than any selector
LONGEST_OWN = 20_000  # characters of one


class Styles:
    def __init__(self, rules: Sequence[Rule], budget: Budget) -> None:
        self.rules = rules
        self.matcher = Matcher([rule.chain for rule in rules], budget)
        self.budget = budget
        self.unread = False  # something is said by a value that stands elsewhere
        self.known: dict[tuple[int, str], Mapping[str, Any]] = {}

    def of(self, place: Place, around: Around) -> tuple[int, Mapping[str, Any]]:
        """The element's bits, for those around it, and each property that is declared for it."""
        bits = self.matcher.bits(place, around)
        written = (place.element.attrs.get("style") or "")[:LONGEST_OWN]
        key = (bits & self.matcher.last, written)
        if (found := self.known.get(key)) is None:
            found = self.known[key] = self._cascaded(key[0], written) if any(key) else {}
        return bits, found

    def _cascaded(self, bits: int, written: str) -> Mapping[str, Any]:
        said: list[tuple[bool, tuple[int, ...], Declaration]] = []
        for number in self.matcher.chains(bits):
            rule = self.rules[number]
            if self.budget.spend(len(rule.declarations)):
                weight = (0, *rule.chain.specificity)
                said += [(one.important, weight, one) for one in rule.declarations]
        if written:
            own = values.inline(written)
            self.unread = self.unread or values.UNREAD in own
            said += [(one.important, OWN, one) for one in own]
        said.sort(key=lambda row: row[:2])  # of equals the later one counts
        return {declaration.name: declaration.value for _, _, declaration in said}


def places(children: Sequence[Any], root: bool = False) -> list[Place]:
    """The elements among these nodes, each with its place among the others."""
    elements = [node for node in children if isinstance(node, Element)]
    totals: dict[str, int] = {}
    numbers = []
    for element in elements:
        numbers.append(totals.get(element.name, 0))
        totals[element.name] = numbers[-1] + 1
    found = []
    for at, (element, number) in enumerate(zip(elements, numbers, strict=True)):
        classes = frozenset(attribute(element, "class").lower().split())
        siblings = (at, len(elements) - at - 1)
        found.append(Place(element, classes, siblings, (number, totals[element.name] - number - 1), root))
    return found
