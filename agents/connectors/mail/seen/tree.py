"""HTML to a tree, as browsers build it: whatever is left open or put in the wrong place. Bounded and never raises."""

import re

from justhtml import Document, DocumentFragment, Element
from justhtml.parser.engine import ParseEngine, compile_raw_engine_plan

from agents.connectors.mail.seen.bounds import LONGEST_ATTRIBUTE, MOST_CLONES

# Pictures that are written into the page: any number of letters that show no text.
_embedded = re.compile(r"data:[^,\s\"'<>]{0,200},(?:[A-Za-z0-9+/=%_.~-]{20,}+\s*+)++", re.IGNORECASE)
_PLAN = compile_raw_engine_plan(False, False)


class _Engine(ParseEngine):
    """Formatting that was left open is opened anew in each block. A small mail can ask for millions of those."""

    __slots__ = ("clones",)
    clones: int

    def _reconstruct_active_formatting(self) -> None:
        if self.clones < MOST_CLONES:
            self.clones += len(self._active_formatting)
            super()._reconstruct_active_formatting()


def without_embedded(html: str) -> str:
    return _embedded.sub("data:,", html)


def parse(html: str) -> tuple[Document | DocumentFragment, bool]:
    """The page, and whether all its formatting was followed."""
    try:
        return _parsed(html)
    except ValueError:  # a letter by a number that is none, ``&#1²;``, or of thousands of digits
        return _parsed(html.replace("&#", "&amp;#"))


def _parsed(html: str) -> tuple[Document | DocumentFragment, bool]:
    engine = _Engine(html, fragment=False, scripting_enabled=False, plan=_PLAN)
    engine.clones = 0
    page = engine.parse()
    return page, engine.clones < MOST_CLONES


def attribute(element: Element, name: str, longest: int = LONGEST_ATTRIBUTE) -> str:
    return (element.attrs.get(name) or "")[:longest]
