"""What connectors return and raise, however strange: stored, never too large, never in the way of the task."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agents.connectors.base import ConnectorError, Result
from agents.gate import LARGEST_RESULT
from agents.queue.models import Call
from agents.storable import storable
from tests.agents.gated import Scene, scene, strange

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def odd(cast, monkeypatch):
    """``odd(result or error)``: the row of a call that ends so."""
    here: Scene = scene(cast)
    connector, place = strange(cast, here.agent, monkeypatch)

    def call(outcome) -> Call:
        def performs(context):
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        connector.performs = performs
        return here.call("strange.write", on=place)

    return call


@pytest.mark.parametrize(
    ("data", "stored"),
    [
        (None, None),
        ([], []),
        ("a\x00b", "a�b"),
        ({"half \ud83d": ["\udc00", {"deep": "\x00"}]}, {"half �": ["�", {"deep": "�"}]}),
        ({"n": float("nan"), "i": float("-inf"), "f": 1.5}, {"n": None, "i": None, "f": 1.5}),
        ({"at": datetime(2026, 3, 1, tzinfo=UTC)}, {"at": "2026-03-01 00:00:00+00:00"}),
        ({"cost": Decimal("1.10"), "set": {7}, "bytes": b"x"}, {"cost": "1.10", "set": [7], "bytes": "b'x'"}),
        ({1: "one", None: "none"}, {"1": "one", "None": "none"}),
        ({"big": 2**80, "yes": True}, {"big": 2**80, "yes": True}),
        ("😀 naïve", "😀 naïve"),
    ],
)
def test_every_result_is_stored(odd, data, stored):
    row = odd(Result(data, "Did it"))
    assert (row.state, row.result) == (S.DONE, stored)


def test_a_huge_result_is_cut_and_says_so(odd):
    row = odd(Result({"text": "é" * 500_000}, "Did it"))
    assert row.state == S.DONE
    assert row.result["shortened"] is True
    assert len(row.result["text"]) == LARGEST_RESULT
    assert len(json.dumps(row.result)) < 2 * LARGEST_RESULT + 100


def test_what_just_fits_stays_whole(odd):
    fits = "x" * (LARGEST_RESULT - len('""'))
    assert odd(Result(fits, "Did it")).result == fits


def test_a_long_summary_is_cut(odd):
    assert odd(Result(None, "x\x00" * 400)).summary == "x�" * 150


def test_a_reason_that_cannot_be_stored_is_still_told(odd):
    row = odd(ConnectorError("no \x00 \ud800 way" + "!" * 500))
    assert row.state == S.FAILED
    assert row.summary.startswith("no � � way!!")
    assert len(row.summary) == 300


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("y"), RecursionError(), OSError(5, "z")])
def test_any_other_error_is_unknown_and_its_words_stay_in_the_log(odd, error, caplog):
    row = odd(error)
    assert row.state == S.UNKNOWN
    assert row.outcome.startswith("It was interrupted")
    assert caplog.messages == [f"{row} broke in the middle"]


@pytest.mark.parametrize("value", ["", "plain", 0, False, None, [], {}, {"a": [1, "b", None]}])
def test_what_fits_stays_as_it_is(value):
    assert storable(value) == value
