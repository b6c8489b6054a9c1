"""A secret that was decrypted is taken out of texts, however a library or a server spells it."""

import base64
from urllib.parse import quote

import pytest

from portal import scrubbing
from portal.scrubbing import SHOWN, remember, scrubbed

SECRET = 'k7-geheim/4711+"quote"\'s'


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrubbing, "_known", type(scrubbing._known)())
    monkeypatch.setattr(scrubbing, "_spelled", ())
    remember(SECRET)


@pytest.mark.parametrize("spelling", [SECRET, quote(SECRET, safe=""), repr(SECRET)[1:-1]])
def test_alone_and_quoted(spelling):
    assert scrubbed({f"a {spelling} b": [f"<{spelling}>"]}) == {f"a {SHOWN} b": [f"<{SHOWN}>"]}


@pytest.mark.parametrize("ahead", ["", "a", "ab", "abc", "user=mia@example.com\x01auth=Bearer "])
@pytest.mark.parametrize("behind", ["", "z", "zz", "\x01\x01"])
def test_among_other_words_in_base64(ahead, behind):
    """As XOAUTH2 and Basic send it. At most the letters that hold bits of its neighbours too are left."""
    blob = base64.b64encode(f"{ahead}{SECRET}{behind}".encode()).decode()
    left, found, right = scrubbed(blob).partition(SHOWN)
    assert found
    assert len(left) <= len(ahead) * 8 / 6 + 1
    assert len(right.rstrip("=")) <= len(behind) * 8 / 6 + 2


def test_what_is_no_secret_stays():
    remember("short")
    assert scrubbed(["short", "k7-geheim", base64.b64encode(b"k7-geheim").decode(), 4]) == [
        "short",
        "k7-geheim",
        "azctZ2VoZWlt",
        4,
    ]
