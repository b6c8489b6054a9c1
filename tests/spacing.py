"""Finds in a page's text what a template leaves behind when it is laid out anew: a space before a comma, a bare tag."""

import re

from tests.cast import AS_WRITTEN

# Between these and the text around them there is no gap; every other tag begins a new piece of text.
INLINE = set(b"a b bdi code em i label mark q small span strong time".split())
TAG = re.compile(rb"<!--.*?-->|</?([a-z][a-z0-9]*)[^>]*>", re.DOTALL)
APART = re.compile(r"\S\s+[,.;:!?)](?=\s|$)|\(\s|\{[{%#]")


def apart(html: bytes) -> list[str]:
    """Each piece of text with a sign apart from its word, but for texts that people wrote (``pre``, …)."""
    own = AS_WRITTEN.sub(lambda text: b"<p>" if text["tag"] else b"", html)
    pieces = TAG.sub(lambda tag: b"" if tag[1] in INLINE else b"\0", own).split(b"\0")
    told = [piece.decode("utf-8", "replace") for piece in pieces]
    return [" ".join(piece.split()) for piece in told if APART.search(piece)]
