"""Where the links of a page lead, and which of them say that they lead elsewhere."""

import re
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

FORM = "(a form)"  # what the place is called to which a form is sent
MOST, LONGEST, LONGEST_WORDS = 25, 200, 100  # links; characters of one and of what it is called
# A text that names a host: bank.example.com, https://bank.example.com/login, www.bank.example.com.
_host = re.compile(
    r"^(?:https?:)?/{0,2}((?:[\w-]{1,63}\.)+[a-z]{2,24})(?::\d+)?(?:[/?#]\S*)?$", re.IGNORECASE
)


class Link(NamedTuple):
    """``elsewhere``: its text names another host."""

    text: str
    to: str
    elsewhere: bool = False


class Links:
    def __init__(self) -> None:
        self.found: list[Link] = []
        self.base = ""  # what links begin with that name no host
        self.target = ""
        self.words: list[str] = []
        self.length = 0

    def begin(self, target: str, shown: bool) -> None:
        self.target = self._whole(target) if shown else ""
        self.words, self.length = [], 0

    def beside(self, words: str, target: str) -> None:
        """A place that leads elsewhere and has no words in the text: of a picture, or where a form is sent to."""
        self._add(
            Link(_cut(words, LONGEST_WORDS), _cut(found, LONGEST)) if (found := self._whole(target)) else None
        )

    def _whole(self, target: str) -> str:
        """Empty where it leads nowhere."""
        target = re.sub(r"[\x00-\x20]+", "", target)
        if not target or target.startswith("#") or not self.base:
            return target if not target.startswith("#") else ""
        try:
            return urljoin(self.base, target)
        except ValueError:
            return target

    def _add(self, link: Link | None) -> None:
        if link and len(self.found) < MOST and link not in self.found:
            self.found.append(link)

    def text(self, words: str) -> None:
        if self.target and self.length < 4 * LONGEST_WORDS:
            self.words.append(words)
            self.length += len(words)

    def end(self) -> str:
        """What is to stand behind the link’s text, where that names another host."""
        if not self.target:
            return ""
        words = " ".join("".join(self.words).split())
        elsewhere = _differs(words, self.target)
        link = Link(_cut(words, LONGEST_WORDS), _cut(self.target, LONGEST), elsewhere)
        self.target = ""
        self._add(link)
        return f" [leads to {_cut(link.to, 100)}]" if elsewhere else ""


def _differs(words: str, target: str) -> bool:
    named = _host.match(words)
    if named is None:
        return False
    shown, real = _bare(named[1]), _bare(host(target))
    return bool(real) and shown != real and not real.endswith(f".{shown}")


def _bare(name: str) -> str:
    return name.lower().removeprefix("www.").rstrip(".")


def host(target: str) -> str:
    try:
        return urlsplit(target).hostname or ""
    except ValueError:
        return ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
