"""A mail's body as its reader sees it: the texts in their order, and what is beside them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents.connectors.mail import alternatives, charsets, decoding, encoded_words, kinds, unseen, wrapped
from agents.connectors.mail.alternatives import Form
from agents.connectors.mail.decoding import Problems
from agents.connectors.mail.heads import head_of
from agents.connectors.mail.mime import Part
from agents.connectors.mail.seen import bounds
from agents.connectors.mail.seen.links import Link

if TYPE_CHECKING:
    from agents.connectors.mail.seen.hiding import Hidden

LONGEST_PLAIN = 300_000  # bytes of a plain text that are looked at: far more than is shown
HTML_TYPES = {"text/html", "text/enriched", "text/xhtml", "application/xhtml+xml"}
FOR_FEW = {"text/x-amp-html", "text/watch-html"}  # forms that hardly any program shows
LONGEST_NAME = 200
_enriched = re.compile(r"<param>[^<>]{0,500}</param>", re.IGNORECASE)
_blank_lines = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """``part`` holds it, where it is one of its own."""

    name: str
    type: str
    bytes: int
    part: Part | None = field(default=None, repr=False, compare=False)


@dataclass(slots=True)
class Body:
    """``hidden``: letters that the reader does not see, by the reason.

    ``unseen``: the beginning of that text, and of forms that mail programs do not show.
    """

    problems: Problems
    attachments: list[Attachment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    hidden: "Counter[Hidden]" = field(default_factory=Counter)
    unseen: list[str] = field(default_factory=list)
    html_left: int = bounds.LONGEST  # characters that are looked at, over all parts
    read: set[int] = field(default_factory=set)  # parts whose text was taken

    def text(self, part: Part) -> str:
        return self._joined(part) or "\n\n".join(self._spare(part)).strip()

    def _joined(self, part: Part) -> str:
        return "\n\n".join(kinds.without_repeats(self._texts(part))).strip()

    def _texts(self, part: Part) -> Iterator[str]:
        """The texts to show, in order; what is none goes to the attachments."""
        if part.type == "multipart/alternative":
            yield self._best([inner for inner in part.parts if not kinds.is_calendar(inner)])
            for inner in part.parts:
                if kinds.is_calendar(inner):
                    yield from self._texts(inner)
        elif part.type.startswith("multipart/"):
            yield from self._several(part)
        elif part.type.startswith("message/") and part.parts:
            (inner,) = part.parts
            about = head_of(inner, self.problems)
            yield f"[Inside: a message from {about.sender or 'nobody'}, “{about.subject}”]"
            yield from self._texts(inner)
        elif part.parts:
            for inner in part.parts:
                texts = self._texts(inner)
                yield from (kinds.Again(text) for text in texts) if part.type in wrapped.TNEF else texts
        elif kinds.is_calendar(part):
            yield kinds.calendar(part, self._plain(part), self.problems)
            self._attach(part)
        elif kinds.is_text(part) and not kinds.is_file(part):
            yield self._shown(part)
        else:
            yield kinds.line(part)
            self._attach(part)

    def _several(self, part: Part) -> Iterator[str]:
        if part.type == "multipart/encrypted":
            self.problems.add("It is encrypted; only its recipient can read it.")
            yield kinds.line(part)
        if part.type == "multipart/signed":
            self.problems.add(wrapped.UNCHECKED)
        for inner in part.parts:
            if part.type == "multipart/encrypted" and not inner.parts:
                self._attach(inner)
                continue
            # Of a page and what belongs to it, the page is the text.
            if part.type == "multipart/related" and inner is not part.parts[0] and kinds.is_text(inner):
                self._attach(inner)
            else:
                yield from self._texts(inner)

    def _spare(self, part: Part) -> Iterator[str]:
        """Of a mail without a text, the first that it holds as a file."""
        if not part.parts and kinds.is_text(part) and id(part) not in self.read:
            yield self._shown(part)
        for inner in part.parts:
            if said := next(self._spare(inner), ""):
                yield said
                return

    def _best(self, parts: list[Part]) -> str:
        """One of several forms of the same: the one that mail programs show, unless it says nothing."""
        forms = [(inner, self._joined(inner)) for inner in parts if inner.type not in FOR_FEW]
        plain = next((said for inner, said in forms if said and not _holds_html(inner)), "")
        html = next((said for inner, said in reversed(forms) if _holds_html(inner)), "")
        if not plain or not html:
            return plain or html
        form, differ = alternatives.chosen(plain, html, " ".join(self.pictures))
        if differ and form is Form.HTML:
            self.problems.add(
                "Its plain form says something else than its HTML form, which mail programs show and is read here."
            )
        elif differ:
            self.problems.add(
                "Its HTML form, which mail programs show, only points to its plain form, so that is read here."
            )
        self.unseen.append((plain if form is Form.HTML else html)[: bounds.LONGEST_HIDDEN])
        return html if form is Form.HTML else plain

    def _shown(self, part: Part) -> str:
        self.read.add(id(part))
        if part.type in HTML_TYPES:
            return self._html(part)
        text, files = kinds.plain(part, self._plain(part).replace("\r\n", "\n"), self.problems)
        for name, size in files:
            shown = decoding.clean_header(name, LONGEST_NAME)
            self.attachments.append(Attachment(shown, "application/octet-stream", size))
        self.unseen.append(unseen.spelled(text))
        return decoding.clean_text(text, self.problems).strip()

    def _plain(self, part: Part) -> str:
        data = part.decoded
        whole = len(data) <= LONGEST_PLAIN
        if not whole:
            self.problems.add("Its text is very long; only its beginning was read.")
        return self._decoded(part, data[:LONGEST_PLAIN], whole)

    def _html(self, part: Part) -> str:
        from agents.connectors.mail.seen import page

        written = self._decoded(part, part.decoded)
        if part.type == "text/enriched":
            written = _enriched.sub("", written)
        found = page.read(written, self.html_left)
        self.html_left -= found.length
        if found.cut:
            self.problems.add("Its text is very long; only its beginning was read.")
        if found.unread:
            self.problems.add("Not all of its styles could be read; its reader may not see some of its text.")
        if found.pictures and not found.text:
            self.problems.add("It shows only pictures; what they are said to show is given beside the text.")
        self.hidden += found.hidden
        self.unseen += [found.hidden_text, unseen.spelled(found.text)]
        self.links += [
            Link(decoding.clean_header(link.text), decoding.clean_header(link.to), link.elsewhere)
            for link in found.links
        ]
        self.pictures += [decoding.clean_header(alt) for alt in found.pictures]
        return _blank_lines.sub("\n\n", decoding.clean_text(found.text, self.problems)).strip()

    def _decoded(self, part: Part, data: bytes, whole: bool = True) -> str:
        named, whole = _charset(part, data), whole and not part.is_cut
        return decoding.decode(data, named, self.problems, "Its text", whole=whole, otherwise=part.charset)

    def _attach(self, part: Part) -> None:
        name = encoded_words.decoded_words(part.file_name, self.problems, "attachment’s name")
        shown = decoding.clean_header(name, LONGEST_NAME) or "(no name)"
        self.attachments.append(Attachment(shown, part.type, len(part.decoded), part))

    def told_hidden(self) -> str:
        how = ", ".join(f"{number:,} {reason}" for reason, number in self.hidden.most_common())
        return f"It has text that its reader would not see; that was left out of its text (letters: {how})."


def _holds_html(part: Part) -> bool:
    return part.type in HTML_TYPES or any(_holds_html(inner) for inner in part.parts)


def _charset(part: Part, data: bytes) -> str:
    """Of its head, or of the page itself where the head names none."""
    named = part.parameter("content-type", "charset")
    if named and not charsets.is_plain_ascii(charsets.plain_name(named)):
        return named
    told = _comment.sub(b"", data[:4_096]) if part.type in _TELLS else b""
    if found := _meta.search(told):
        return found[1].decode("ascii", "ignore")
    return named


_TELLS = HTML_TYPES | {"text/xml"}
_comment = re.compile(rb"<!--(?!\[if).*?(?:-->|\Z)", re.DOTALL)
_meta = re.compile(
    rb"(?:<meta[^<>]{0,300}\bcharset|<\?xml[^<>]{0,300}\bencoding)\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE
)
