"""Every kind of notice: a place that tells it, a row in the docs, a text for inside, and one for outside."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal import plugins
from portal.notices.kinds import Kind
from portal.reasons import OTHERS, because, fields, public, render_reason

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "portal/docs/notices.md").read_text()
ROWS = dict(re.findall(r"^\| `([\w.]+)` \|[^|]+\| `([\w/.]+)` \|", DOC, re.M))
KINDS = [kind for plugin in plugins.installed() for kind in plugin.notices]
CANARY = "Zebrafink"
# What a text outside may name. Whatever people wrote (questions, notes, reasons, instructions) is not among these.
NAMES = {
    "agent", "asked", "budget", "by", "confirmed", "connection", "did", "failures", "first", "last",
    "decision", "device", "environment", "figures", "level", "owner", "person",
    "service", "task", "until", "what", "who", "whose",
}  # fmt: skip
MOMENTS = {"until": "2026-11-30T12:00:00+00:00", "first": "2026-11-01", "last": "2026-11-28"}


def values(kind: Kind, private: str) -> dict[str, Any]:
    """A value for each parameter; ``private`` for those of people's words."""
    own, others = (kind.says, kind.says) if isinstance(kind.says, str) else kind.says
    hidden = {name for name, spec in fields(own) if spec.startswith("own")}
    names = {name for name, _ in fields(own + others)}
    return {name: private if name in hidden else MOMENTS.get(name, "x") for name in names}


def test_every_kind_has_its_row_and_every_row_its_kind():
    assert sorted(ROWS) == sorted(kind.name for kind in KINDS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_its_place_tells_it(name: str):
    text = (ROOT / ROWS[name]).read_text()
    assert f'"{name}"' in text
    assert re.search(r"\b(tell|Told)\(", text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_outside_it_holds_nobodys_words(kind: Kind):
    others = kind.says if isinstance(kind.says, str) else kind.says[1]
    assert {name for name, _ in fields(others)} <= NAMES
    stored = because(kind.name, **values(kind, CANARY))
    assert CANARY not in render_reason(public(stored), OTHERS)
    assert CANARY not in render_reason(stored, OTHERS)
    assert render_reason(stored, OTHERS).endswith((".", "answer."))


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if not isinstance(kind.says, str)], ids=lambda kind: kind.name
)
def test_in_the_portal_it_has_them(kind: Kind):
    assert CANARY in render_reason(because(kind.name, **values(kind, CANARY)))
