"""Every kind of notice: who is told and nobody else, no private word outside, and it is settled when it is over."""

from importlib import import_module

import pytest

from portal.notices import kinds, settling
from portal.notices.models import Notice
from portal.reasons import OTHERS, public, render_reason
from tests.cast import Cast, as_
from tests.told import of_agents, of_people, of_places, of_tasks
from tests.told.row import WORDS, Row, told

pytestmark = pytest.mark.django_db
ROWS = [*of_agents.ROWS, *of_places.ROWS, *of_tasks.ROWS, *of_people.ROWS]
# A connector's own kinds are tested in its folder.
HOUSE = [import_module(f"{app}.plugin").PLUGIN for app in ("agents", "metering", "portal")]
KINDS = [kind for plugin in HOUSE for kind in plugin.notices]


def test_every_kind_has_a_row():
    """Who brings a kind says here who is told of it, and what ends it."""
    assert {kind.name for kind in KINDS} == {row.kind for row in ROWS}


def test_what_ends_is_what_a_kind_says_that_it_ends():
    assert {kind.name for kind in KINDS if kind.open_in} == {row.kind for row in ROWS if row.ends}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_who_is_told(row: Row, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    about = row.happens(cast, monkeypatch)
    settling.settle_gone()
    assert told(row.kind, open_only=True) == row.told
    for notice in Notice.objects.filter(kind=row.kind).select_related("person"):
        assert as_(notice.person).get(notice.link).status_code == 200, f"{notice.person} opens {notice.link}"
        assert WORDS not in outside(notice)
        assert (row.words in notice.text) == _with_words(row.kind)
    if row.ends is not None:
        row.ends(cast, about)
        assert told(row.kind, open_only=True) == ""
        if row.by_clock:
            _the_clock_finds_it_too(row.kind)


def outside(notice: Notice) -> str:
    return render_reason(public(notice.reason), OTHERS)


def _with_words(name: str) -> bool:
    kind = kinds.named(name)
    return kind is not None and not isinstance(kind.says, str)


def _the_clock_finds_it_too(kind: str) -> None:
    """As though no verb had settled it."""
    Notice.objects.filter(kind=kind).update(settled_at=None)
    assert settling.settle_gone() > 0
    assert told(kind, open_only=True) == ""
