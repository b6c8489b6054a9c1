"""The shape of deployments: what counts as green, what a file changes, how a service did."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agents.connectors.deployments import (
    Check,
    CheckState,
    Kind,
    Run,
    RunState,
    Version,
    figures,
    green,
    is_configuration,
    is_migration,
)

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = Run(
    "1",
    "shop",
    "production",
    Kind.START,
    Version("v1", "a" * 40, at=NOON - 2 * HOUR),
    RunState.SUCCEEDED,
    began=NOON,
    ended=NOON,
)


def run(number: int, state: RunState = RunState.SUCCEEDED, kind: Kind = Kind.START) -> Run:
    at = NOON + number * HOUR
    return replace(FIRST, id=str(number), kind=kind, state=state, began=at, ended=at)


@pytest.mark.parametrize(
    ("checks", "wanted", "is_green"),
    [
        ((), (), False),
        ((CheckState.GREEN,), (), True),
        ((CheckState.GREEN, CheckState.PENDING), (), False),
        ((CheckState.GREEN, CheckState.RED), (), False),
        ((CheckState.GREEN, CheckState.RED), ("0",), True),
        ((CheckState.GREEN,), ("0", "1"), False),
    ],
)
def test_green_means_that_somebody_said_so(checks, wanted, is_green):
    named = [Check(str(number), state) for number, state in enumerate(checks)]
    assert green(named, wanted) is is_green


def test_migrations_and_configuration_are_told_by_their_path():
    assert is_migration("shop/migrations/0002_prices.py")
    assert is_migration("db/Change.SQL")
    assert not is_migration("shop/migrations.py")
    assert all(
        map(is_configuration, ("app.toml", "config/shop.py", "shop/settings.py", ".env", "Dockerfile"))
    )
    assert not is_configuration("shop/configure.py")


def test_figures_are_of_the_service():
    assert figures([]).failing is None
    fine = figures([run(0), run(1)])
    assert (fine.runs, fine.failing, fine.restore) == (2, 0.0, None)
    assert fine.lead == 2.5 * HOUR
    failed = figures([run(0), run(1, RunState.FAILED), run(4)])
    assert (failed.failing, failed.restore) == (pytest.approx(1 / 3), 3 * HOUR)


def test_what_is_rolled_back_had_failed_and_a_roll_back_is_no_change():
    told = figures([run(0), run(1), run(3, kind=Kind.ROLLBACK)])
    assert (told.runs, told.failing, told.restore) == (2, 0.5, 2 * HOUR)


def test_a_run_that_was_cancelled_says_nothing():
    assert figures([run(0), run(1, RunState.CANCELLED)]).runs == 1
