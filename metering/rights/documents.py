"""The Markdown that our own documents use (headings, lists, tables, texts), parsed for a template. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

INLINE = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>[^`]+)`")
Span = tuple[str, str]  # kind ("text", "strong", "code") and text


@dataclass
class Block:
    """``kind``: h1 h2 h3 p ul ol table. ``spans`` of a text, ``items`` of a list, ``head`` and ``rows`` of a table."""

    kind: str
    spans: list[Span] = field(default_factory=list)
    items: list[list[Span]] = field(default_factory=list)
    head: list[list[Span]] = field(default_factory=list)
    rows: list[list[list[Span]]] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    return [_block(lines) for lines in _groups(text)]


def inline(text: str) -> list[Span]:
    found, at = [], 0
    for match in INLINE.finditer(text):
        if match.start() > at:
            found.append(("text", text[at : match.start()]))
        kind = "strong" if match["strong"] else "code"
        found.append((kind, match[kind]))
        at = match.end()
    return [*found, ("text", text[at:])] if at < len(text) else found


def _groups(text: str) -> Iterator[list[str]]:
    """Lines that belong together: parted by an empty line, a heading alone."""
    group: list[str] = []
    for line in [*text.splitlines(), ""]:
        alone = line.startswith("#")
        if group and (alone or not line.strip()):
            yield group
            group = []
        if alone:
            yield [line]
        elif line.strip():
            group.append(line)


def _block(lines: list[str]) -> Block:
    first = lines[0]
    if heading := re.match(r"(#{1,3}) (.*)", first):
        return Block(f"h{len(heading[1])}", inline(heading[2].strip()))
    if first.startswith("|"):
        cells = [[inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines]
        return Block("table", head=cells[0], rows=cells[2:])
    for kind, mark in (("ul", r"- "), ("ol", r"\d+\. ")):
        if re.match(mark, first):
            return Block(kind, items=[inline(item) for item in _items(lines, mark)])
    return Block("p", inline(" ".join(line.strip() for line in lines)))


def _items(lines: list[str], mark: str) -> list[str]:
    """One text for each item; a line without a mark goes on with the item before it."""
    items: list[str] = []
    for line in lines:
        if begins := re.match(mark, line):
            items.append(line[begins.end() :].strip())
        else:
            items[-1] += f" {line.strip()}"
    return items
