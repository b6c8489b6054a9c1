"""The text that the reader of an HTML mail sees.

An own scanner in linear time, because html.parser (and with it BeautifulSoup) may need minutes for 200 KB of
``<a <a <a``, which anybody can send.
"""

import re
from collections import Counter
from html import unescape

LONGEST = 300_000  # characters that are looked at: far more than is shown


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


BLOCKS = _names(
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header li main nav ol p pre section table tr ul"
)
EMPTY = _names("area base br col embed hr img input link meta param source track wbr")
RAW = _names("script style title textarea iframe xmp noembed noframes")  # no tags inside
NEVER_SHOWN = _names("template svg object datalist math")

# Text in quotes may hold < and >; the numbers bound what a hostile mail can make it look at.
_tag = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,40}+)"
    r"(?P<rest>(?:[^<>\"']++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'){0,60}+)>"
    r"|<(?P<loose_end>/?)(?P<loose_name>[a-zA-Z][a-zA-Z0-9:-]{0,40}+)(?P<loose_rest>[^<>]{0,4000}+)>"
    r"|<[!?/][^<>]{0,4000}+>"
)
_comment_end = re.compile(r"--!?>")
_hidden_attribute = re.compile(r"(?:^|[\s\"'/])hidden(?:[\s=/]|$)")
_style = re.compile(r"(?:^|[\s\"'/])style\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_css_comment = re.compile(r"/\*.{0,500}?\*/")
_hiding = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity)\s*:\s*0(?:\.0+)?"
    r"(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
)


def visible(html: str) -> tuple[str, bool]:
    """The visible text with its lines, and whether the mail hides some of its text. Never raises."""
    page = _Page()
    page.read(html[:LONGEST])
    lines = (" ".join(line.split()) for line in "".join(page.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), page.hides


class _Page:
    """What is open at a place in the page, and the text so far."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.hides = False
        self.open: list[tuple[str, bool]] = []  # (name, is it hidden), outermost first
        self.names: Counter[str] = Counter()
        self.hidden = 0  # how many of the open ones are

    def read(self, html: str) -> None:
        at = 0
        while (next_at := html.find("<", at)) >= 0:
            self.text(html[at:next_at])
            if html.startswith("<!--", next_at):
                end = _comment_end.search(html, next_at + 2)
                if end is None:
                    return
                at = end.end()
            elif match := _tag.match(html, next_at):
                at = match.end()
                name = (match["name"] or match["loose_name"] or "").lower()
                if match["end"] or match["loose_end"]:
                    self.close(name)
                elif name in RAW:
                    at = _after_raw(html, at, name)
                elif name:
                    self.begin(name, (match["rest"] or match["loose_rest"] or "").lower())
            else:
                self.text("<")
                at = next_at + 1
        self.text(html[at:])

    def text(self, written: str) -> None:
        if not written:
            return
        if self.hidden:
            self.hides = self.hides or not written.isspace()
            return
        said = unescape(written)
        self.pieces.append(said if self.names["pre"] else re.sub(r"\s+", " ", said))

    def begin(self, name: str, attributes: str) -> None:
        if name in BLOCKS and self.open and self.open[-1][0] == "p":
            self.close("p")  # a paragraph ends where the next begins
        self.space(name)
        if name in EMPTY:
            return
        hidden = name in NEVER_SHOWN or _hides(attributes)
        self.open.append((name, hidden))
        self.names[name] += 1
        self.hidden += hidden

    def close(self, name: str) -> None:
        """Ends the innermost ``name`` and whatever is open inside it; nothing, where none is open."""
        if not self.names[name]:
            return
        inner = ""
        while inner != name:
            inner, hidden = self.open.pop()
            self.names[inner] -= 1
            self.hidden -= hidden
        self.space(name)

    def space(self, name: str) -> None:
        if not self.hidden:
            self.pieces.append(
                "\n" if name in BLOCKS or name in {"br", "hr"} else " " if name in {"td", "th"} else ""
            )


def _after_raw(html: str, at: int, name: str) -> int:
    end = re.compile(rf"</{name}[^<>]*>?", re.IGNORECASE).search(html, at)
    return end.end() if end else len(html)


def _hides(attributes: str) -> bool:
    unquoted = re.sub(r"\"[^\"]*+\"|'[^']*+'", '""', attributes)
    if _hidden_attribute.search(unquoted):
        return True
    styles = ("".join(match.groups("")) for match in _style.finditer(attributes[:10_000]))
    return any(_hiding.search(_css_comment.sub("", unescape(style))) for style in styles)
