"""The shown text as lines: blocks on lines of their own, quotations with > before them."""

import re

from agents.connectors.mail.seen.names import names

DEEPEST = 10  # quotations within quotations
_spaces = re.compile(r"[ \t\n\r\f]+")
# What browsers keep distance from.
PARAGRAPHS = names("p h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre hr figure listing")


class Lines:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.wanted = 0  # line ends before the next text
        self.deep = self.before = 0  # quotations around this place, and around the last line
        self.marks = ""

    def text(self, words: str, keeps_lines: bool = False) -> None:
        if keeps_lines:
            first, *rest = words.replace("\r\n", "\n").split("\n")
            self._words(first)
            for line in rest:
                self.end()
                self._words(line)
        else:
            self._words(_spaces.sub(" ", words))

    def _words(self, words: str) -> None:
        if not words or (not self.line and not words.strip(" ")):
            return
        if self.wanted:
            self._separate()
        if self.marks and not self.line:
            self.line.append(self.marks)
        self.marks = ""
        self.line.append(words)

    def space(self) -> None:
        if self.line:
            self.line.append(" ")

    @property
    def quotes(self) -> int:
        return min(self.deep, DEEPEST)

    def mark(self, sign: str) -> None:
        """Before the first words of the next line, if it has any."""
        self.marks = sign

    def end(self) -> None:
        """A line ends here, even an empty one."""
        if self.wanted and not self.line:
            self._separate()
        self._flush()

    def block(self, name: str) -> None:
        """A block begins or ends."""
        if self.line:
            self._flush()
        self.wanted = max(self.wanted, 2 if name in PARAGRAPHS else 1)

    def _separate(self) -> None:
        if self.wanted == 2 and self.lines and self.lines[-1].strip("> "):
            self.lines.append(("> " * min(self.quotes, self.before)).strip())
        self.wanted = 0

    def _flush(self) -> None:
        written = re.sub(r" {2,}", " ", "".join(self.line)).strip()
        self.lines.append(("> " * self.quotes + written).rstrip())
        self.line, self.before = [], self.quotes

    def whole(self) -> str:
        if self.line:
            self._flush()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()
