"""Settings from the environment: what cannot be read is one line, and addresses survive every notation."""

import os
import subprocess
import sys

import psycopg.conninfo
import pytest

from portal import env
from tests.portal.machine import ROOT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/portal"),
        ("DATABASE_URL", "postgresql://localhost:many/portal"),
        ("PORTAL_GROUP_MINIMUM", "four"),
        ("PORTAL_GROUP_MINIMUM", "4"),
    ],
)
def test_a_setting_that_cannot_be_read_is_one_line_that_says_what_to_do(name: str, value: str) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert run.stderr.startswith(f"{name} must ")
    assert len(run.stderr.strip().splitlines()) == 1


def test_the_group_minimum_can_only_be_stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_GROUP_MINIMUM", "12")
    assert env.number("PORTAL_GROUP_MINIMUM", 5, least=5) == 12


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("postgresql://me:s%40cret@db.example:5433/portal", ("portal", "me", "s@cret", "db.example", "5433")),
        ("postgres://me@/portal?host=/run/pg%20here&port=5", ("portal", "me", "", "/run/pg here", "5")),
        ("postgresql://db.example/", ("portal", "", "", "db.example", "")),
    ],
)
def test_a_database_address_reads_the_same_for_django_and_for_the_queue(
    url: str, parts: tuple[str, ...]
) -> None:
    database = env.database(url)
    assert tuple(database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == parts
    read = psycopg.conninfo.conninfo_to_dict(env.conninfo(database))
    found = tuple(read.get(key, "") for key in ("dbname", "user", "password", "host", "port"))
    assert found == parts


def test_a_secret_is_made_once_and_private(tmp_path) -> None:
    first = env.secret("PORTAL_TEST_SECRET", tmp_path / "home")
    assert env.secret("PORTAL_TEST_SECRET", tmp_path / "home") == first
    assert len(first) >= 48
    assert (tmp_path / "home" / "portal_test_secret").stat().st_mode & 0o777 == 0o600
