"""Places that lie within what the person named or the task made: a folder below a folder, a page of a site. Pure.

Only for calls that nobody else sees. A level that programs keep for themselves (``.ssh``, ``.git``) is never within.
"""

import posixpath
import re

from agents.policy.declarations import Effect, Role
from agents.policy.language.naming import is_put_into
from agents.policy.language.tokens import compared, hides_nothing, is_token
from agents.policy.results import CallResult

_PAGE = re.compile(
    r"(?:https?://)?(?P<host>(?:[a-z0-9\-]+\.)+[a-z][a-z0-9\-]+)(?P<path>(?:/[\w.\-]+)*/?)", re.IGNORECASE
)


def is_below(inner: str, outer: str) -> bool:
    """Is it a plain path below a folder? ``/a/b`` lies below ``/a``; nothing lies below ``/``."""
    if not inner.startswith("/") or not outer.startswith("/") or not hides_nothing(inner):
        return False
    folder = posixpath.normpath(outer)
    if folder == "/" or posixpath.normpath(inner) != inner.rstrip("/") or not inner.startswith(f"{folder}/"):
        return False
    return not any(level.startswith((".", "~", "$", "%")) for level in inner[len(folder) + 1 :].split("/"))


def named_above(path: str, written: str) -> bool:
    """Does the person say that something is put into a folder above? Compared text."""
    folder = posixpath.dirname(path.rstrip("/"))
    while folder.strip("/"):  # "//" is above itself
        if is_below(path, folder) and is_put_into(compared(folder), written):
            return True
        folder = posixpath.dirname(folder)
    return False


def host_of(page: str) -> str:
    """The host of a plain page, in lower case; empty where it is none, or asks something (``?``)."""
    found = _PAGE.fullmatch(page)
    return found["host"].lower() if found else ""


def names_site(host: str, written: str) -> bool:
    """Did the person write the site itself, and not only one page of it? Compared text."""
    sites = (host, f"{host}/", f"https://{host}", f"https://{host}/", f"http://{host}", f"http://{host}/")
    return bool(host) and any(is_token(site, written) for site in sites)


class Pages:
    """By host: what its pages held that the task opened, and by which call."""

    def __init__(self) -> None:
        self._texts: dict[str, list[tuple[int, str]]] = {}

    def visit(self, result: CallResult) -> None:
        if result.capability.effect is not Effect.FETCH:
            return
        for argument in result.capability.arguments:
            if argument.role is Role.DEST and (host := host_of(str(result.arguments.get(argument.name)))):
                self._texts.setdefault(host, []).extend((result.call, text) for text in result.texts())

    def linking(self, page: str) -> int | None:
        """The call that opened a page of the same host with a link to this one."""
        texts = self._texts.get(host_of(page), ())
        return next((call for call, text in texts if links_to(page, text)), None)


def links_to(page: str, text: str) -> bool:
    """Does a text hold the page as a whole link?"""
    return re.search(rf"(?<![\w./@:\-]){re.escape(page)}(?![\w./?#&=%@:\-])", text) is not None
