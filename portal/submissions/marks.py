"""What each rendered POST form carries: a mark that names this one form, whom it was drawn for and on which page."""

import secrets
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest

FIELD = "mark"
VERSION = "drawn_from"  # of an edit form: what the row held
AGE = 24 * 3600  # seconds; longer than any session, shorter than submissions are remembered
LONGEST_PAGE = 600
SALT = "portal.form"


@dataclass(frozen=True)
class Mark:
    """``person``: 0 where nobody was signed in. ``page``: path and query of the page that holds the form."""

    nonce: str
    person: int
    page: str
    expired: bool = False


def make(request: HttpRequest) -> str:
    """The signed mark of one more form of this request's page."""
    person = getattr(getattr(request, "user", None), "pk", None) or 0
    return signing.dumps([secrets.token_urlsafe(12), person, page_of(request)], salt=SALT)


def read(request: HttpRequest) -> Mark | None:
    """The mark that was posted; None where there is none, or none of ours."""
    text = request.POST.get(FIELD, "")
    if not text:
        return None
    try:
        nonce, person, page = signing.loads(text, salt=SALT, max_age=AGE)
        return Mark(nonce, person, page)
    except signing.SignatureExpired:
        nonce, person, page = signing.loads(text, salt=SALT)
        return Mark(nonce, person, page, expired=True)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def page_of(request: HttpRequest) -> str:
    """The page that the reader has before them. A form that is shown again stays on the page it was first on."""
    if request.method == "POST" and (before := read(request)) is not None:
        return before.page
    page = getattr(getattr(request, "htmx", None), "current_url_abs_path", None) or request.get_full_path()
    if len(page) > LONGEST_PAGE:
        page = request.path
    return page if own(page) else "/"


def own(page: str) -> bool:
    """A path of this portal. Browsers read two slashes, of either kind, as another host."""
    return len(page) <= LONGEST_PAGE and page.startswith("/") and page[1:2] not in {"/", "\\"}
