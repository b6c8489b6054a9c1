"""A page's style sheets: the rules that decide what is seen, for a screen of usual width."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tinycss2

from agents.connectors.mail.seen import values
from agents.connectors.mail.seen.bounds import LONGEST_STYLES, MOST_COMPOUNDS
from agents.connectors.mail.seen.lengths import length
from agents.connectors.mail.seen.selectors import Chain, Unreadable, chains
from agents.connectors.mail.seen.values import Declaration

WIDTH, HEIGHT = 1_000, 800  # pixels of the screen
DEEPEST = 5  # rules within rules
GROUPS = {"supports", "layer", "scope", "starting-style"}


@dataclass(slots=True)
class Rule:
    chain: Chain
    declarations: list[Declaration]


class Sheets:
    """All rules in their order. ``short``: something of them was not looked at."""

    def __init__(self, sheets: list[tuple[str, str]]) -> None:
        """``sheets``: each with the media that it is for."""
        self.rules: list[Rule] = []
        self.short = False
        self.compounds = 0
        left = LONGEST_STYLES
        for text, media in sheets:
            if media and not screen(tinycss2.parse_component_value_list(media[:1_000])):
                continue
            self.short = self.short or len(text) > left
            text = _uncommented(text)
            self._read(
                tinycss2.parse_stylesheet(text[:left], skip_comments=True, skip_whitespace=True), DEEPEST
            )
            left = max(0, left - len(text))

    def _read(self, nodes: list[Any], deeper: int) -> None:
        for node in nodes:
            if node.type == "qualified-rule":
                self._rule(node.prelude, node.content)
            elif node.type == "at-rule" and node.content is not None:
                applies = node.lower_at_keyword in GROUPS or (
                    node.lower_at_keyword == "media" and screen(node.prelude)
                )
                if applies and deeper:
                    inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                    self._read(inner, deeper - 1)
                elif applies:
                    self.short = True

    def _rule(self, prelude: list[Any], content: list[Any]) -> None:
        nodes = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        if any(node.type not in {"declaration", "error"} for node in nodes):
            self.short = True  # rules within rules, which few mail programs know
        said = values.declarations(nodes)
        self.short = self.short or values.UNREAD in said
        if not said:
            return
        try:
            found = list(chains(prelude))
        except Unreadable:
            self.short = True
            return
        except ValueError:  # browsers do not take the rule either
            return
        self.compounds += sum(len(chain.compounds) for chain in found)
        if self.compounds > MOST_COMPOUNDS:
            self.short = True
            return
        self.rules += [Rule(chain, said) for chain in found]


def _uncommented(text: str) -> str:
    """Old mails put styles in an HTML comment, for programs that know none."""
    return text.strip().removeprefix("<!--").removesuffix("-->")


# -- media -------------------------------------------------------------------------------------------------------------


def screen(tokens: list[Any]) -> bool:
    """Is one of these media a screen of usual width?"""
    return any(_query(query) for query in _split(tokens))


def _split(tokens: list[Any]) -> Iterator[list[Any]]:
    query: list[Any] = []
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            yield query
            query = []
        elif token.type not in {"whitespace", "comment"}:
            query.append(token)
    yield query


def _query(tokens: list[Any]) -> bool:
    turned, any_of, answers = False, False, []
    for token in tokens:
        word = token.lower_value if token.type == "ident" else ""
        if word == "not":
            turned = True
        elif word == "or":
            any_of = True
        elif token.type == "() block":
            answers.append(_feature([t for t in token.content if t.type not in {"whitespace", "comment"}]))
        elif word not in {"only", "and"}:
            answers.append(word in {"all", "screen"})
    return (any(answers) if any_of else all(answers)) != turned


def _feature(tokens: list[Any]) -> bool:
    """``(max-width: 480px)``, ``(width <= 480px)``. What is not known here is not so."""
    name = next((token.lower_value for token in tokens if token.type == "ident"), "")
    sizes = [found.pixels(16) for token in tokens if (found := length(token)) is not None]
    plain = name.removeprefix("-webkit-").removeprefix("min-").removeprefix("max-").removeprefix("device-")
    whole = {"width": WIDTH, "height": HEIGHT, "device-pixel-ratio": 1}.get(plain)
    if whole is not None:
        signs = "".join(token.value for token in tokens if token.type == "literal")
        if not sizes:
            return True
        if "min-" in name or ">" in signs:
            return whole >= sizes[0]
        return whole <= sizes[0] if "max-" in name or "<" in signs else whole == sizes[0]
    said = tokens[-1].lower_value if len(tokens) > 1 and tokens[-1].type == "ident" else ""
    return (name, said) in {
        ("prefers-color-scheme", "light"),
        ("orientation", "landscape"),
        ("hover", "hover"),
        ("pointer", "fine"),
    }
