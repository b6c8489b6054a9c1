"""What selectors ask of one element, and which selectors can be looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cssselect2 import parser
from justhtml import Element
from tinycss2.nth import parse_nth

from agents.connectors.mail.seen.bounds import LONGEST_SELECTOR, Budget
from agents.connectors.mail.seen.names import names
from agents.connectors.mail.seen.tree import attribute

# What only happens while somebody points or types, and what a page in a mail cannot be.
NEVER = names(
    "hover active focus focus-within focus-visible visited target checked disabled invalid user-invalid "
    "fullscreen modal popover-open playing indeterminate autofill"
)
PLACES = names("first-child last-child only-child first-of-type last-of-type only-of-type")
NTH = names("nth-child nth-last-child nth-of-type nth-last-of-type")


class Unreadable(Exception):
    """A selector of a kind that is not looked at."""


@dataclass(slots=True)
class Place:
    """An element and where it stands among its siblings: (before, after) in all, and of its own name."""

    element: Element
    classes: frozenset[str]  # in small letters, as pages without a doctype compare them
    siblings: tuple[int, int]
    alike: tuple[int, int]
    root: bool = False


@dataclass(slots=True)
class Compound:
    """``td.x:first-child``: what one element must be. ``checks`` are the rarer questions."""

    tag: str = ""
    id: str = ""
    classes: tuple[str, ...] = ()
    checks: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Chain:
    """A whole selector: compounds from the outermost in, each with what joins it to the one before."""

    compounds: list[tuple[str, Compound]]
    specificity: tuple[int, int, int]


def chains(tokens: list[Any]) -> Iterator[Chain]:
    """The selectors of a rule. Raises Unreadable where one is not looked at, ValueError where browsers refuse all."""
    if len(tokens) > LONGEST_SELECTOR:
        raise Unreadable
    try:
        for selector in parser.parse(tokens):
            if selector.pseudo_element is None:
                yield Chain(list(_flattened(selector.parsed_tree)), selector.specificity)
    except RecursionError:
        raise Unreadable from None


def _flattened(tree: Any) -> list[tuple[str, Compound]]:
    found = []
    while isinstance(tree, parser.CombinedSelector):
        found.append((tree.combinator, _compound(tree.right)))
        tree = tree.left
    found.append(("", _compound(tree)))
    return found[::-1]


def _compound(tree: Any) -> Compound:
    found, classes = Compound(), []
    for simple in tree.simple_selectors:
        if isinstance(simple, parser.LocalNameSelector):
            found.tag = simple.lower_local_name
        elif isinstance(simple, parser.ClassSelector):
            classes.append(simple.class_name.lower())
        elif isinstance(simple, parser.IDSelector) and not found.id:
            found.id = simple.ident.lower()
        elif not isinstance(simple, parser.NamespaceSelector):
            found.checks.append(_check(simple))
    found.classes = tuple(dict.fromkeys(classes))
    return found


def _check(simple: Any) -> Any:
    """As it is, with selectors inside it as compounds."""
    if isinstance(simple, parser.NegationSelector):
        return False, [_inner(selector) for selector in simple.selector_list]
    if isinstance(simple, parser.MatchesAnySelector | parser.SpecificityAdjustmentSelector):
        return True, [_inner(selector) for selector in simple.selector_list]
    if isinstance(simple, parser.AttributeSelector | parser.IDSelector):
        return simple
    if isinstance(simple, parser.PseudoClassSelector):
        if (
            simple.name in NEVER
            or simple.name in PLACES
            or simple.name in {"root", "link", "any-link", "empty"}
        ):
            return simple.name
    elif isinstance(simple, parser.FunctionalPseudoClassSelector):
        step = parse_nth(simple.arguments) if simple.name in NTH else None
        if step is not None:
            return simple.name, step
    raise Unreadable


def _inner(selector: Any) -> Compound:
    if not isinstance(selector.parsed_tree, parser.CompoundSelector):
        raise Unreadable
    return _compound(selector.parsed_tree)


# -- is an element that? -----------------------------------------------------------------------------------------------


def fits(compound: Compound, place: Place, budget: Budget) -> bool:
    if not budget.spend(1 + len(compound.checks)):
        return False
    element = place.element
    if compound.tag and compound.tag != element.name.lower():
        return False
    if compound.id and compound.id != attribute(element, "id").lower():
        return False
    if compound.classes and not place.classes.issuperset(compound.classes):
        return False
    return all(_holds(check, place, budget) for check in compound.checks)


def _holds(check: Any, place: Place, budget: Budget) -> bool:
    if isinstance(check, str):
        return _is(check, place)
    if isinstance(check, parser.IDSelector):
        return bool(check.ident.lower() == attribute(place.element, "id").lower())
    if isinstance(check, parser.AttributeSelector):
        return _has(check, place.element)
    kind, what = check
    if isinstance(kind, bool):
        return kind == any(fits(compound, place, budget) for compound in what)
    before, after = place.alike if kind.endswith("type") else place.siblings
    return _counts((after if "last" in kind else before) + 1, *what)


def _is(name: str, place: Place) -> bool:
    if name in NEVER:
        return False
    if name in {"link", "any-link"}:
        return place.element.name == "a" and "href" in place.element.attrs
    if name == "root":
        return place.root
    if name == "empty":
        return not place.element.children
    before, after = place.alike if name.endswith("type") else place.siblings
    return not ((before and not name.startswith("last")) or (after and not name.startswith("first")))


def _counts(number: int, step: int, first: int) -> bool:
    """Is ``number`` one of first, first + step, first + 2 step …?"""
    if step == 0:
        return number == first
    return (number - first) % step == 0 and (number - first) // step >= 0


def _has(check: Any, element: Element) -> bool:
    if check.lower_name not in element.attrs:
        return False
    if check.operator is None:
        return True
    value, wanted = attribute(element, check.lower_name).lower(), check.value.lower()
    if check.operator == "=":
        return bool(value == wanted)
    if check.operator == "~=":
        return wanted in value.split()
    if check.operator == "|=":
        return bool(value == wanted) or value.startswith(f"{wanted}-")
    if not wanted:
        return False
    tests: dict[str, Callable[[str], bool]] = {
        "^=": value.startswith,
        "$=": value.endswith,
        "*=": value.__contains__,
    }
    return tests[check.operator](wanted)
