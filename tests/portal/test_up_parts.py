"""The parts of ``up`` that need no process: what it refuses, what it tells, whom it lets in first."""

import json
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from portal import broker
from portal.audit.models import Entry
from portal.embedded import Trouble, log_file
from portal.embedded.places import LONGEST_LOG
from portal.people.models import Person
from portal.up import people, prepare
from portal.up.options import ADMIN
from portal.up.trail_lines import TrailLines, counts
from tests.portal.machine import ROOT
from tests.roles import superuser


@pytest.fixture
def told() -> list[str]:
    return []


def written(event: str, actor: str, target: str, **details: object) -> None:
    Entry.objects.create(event=event, actor_name=actor, target_name=target, details=details)


@pytest.mark.django_db
def test_a_database_newer_than_the_code_is_refused_in_one_line(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        prepare.database_roles, "as_owner", superuser
    )  # what is recorded here is not committed
    prepare.tables(told.append)
    with superuser():
        MigrationRecorder(connection).record_applied("portal", "0999_from_the_future")
    with pytest.raises(Trouble, match=r"newer than this code: it has portal\.0999_from_the_future\. Update"):
        prepare.tables(told.append)


@pytest.mark.django_db
def test_an_app_that_is_no_longer_here_does_not_make_a_database_newer(
    told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare.database_roles, "as_owner", superuser)
    with superuser():
        MigrationRecorder(connection).record_applied("left", "0001_initial")
    prepare.tables(told.append)


@pytest.mark.django_db
def test_the_queues_sql_is_installed_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
    assert [broker.ensure(), broker.ensure()] == [True, False]
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(extname) FROM pg_extension")
        assert cursor.fetchone() == (["plpgsql"],)


@pytest.mark.django_db
def test_another_broker_needs_no_sql(settings: SimpleNamespace) -> None:
    settings.BROKER_URL = "redis://localhost"
    assert not broker.ensure()


@pytest.mark.django_db
def test_what_the_database_refuses_is_one_line() -> None:
    refused = pytest.raises(Trouble, match=r"The database .* refuses: ")
    with refused as refusal, prepare.in_one_line(), connection.cursor() as cursor:
        cursor.execute("SELECT no\n such\n thing")
    assert "\n" not in str(refusal.value)


@pytest.mark.django_db
def test_decisions_by_the_dozen_are_one_line_each(told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    teller = TrailLines(told.append)
    for _ in range(3):
        written("call.allowed", "Inbox triage", "mail.read")
        written("call.allowed", "Inbox triage", "mail.label")
    teller.tell()
    assert not told
    written("task.finished", "Inbox triage", "the task", read=3, labelled=3, drafted=0, asks=1)
    teller.tell()
    assert [line.split("  ", 1)[1] for line in told] == [
        "Inbox triage used mail.read (3 times)",
        "Inbox triage used mail.label (3 times)",
        "The task finished (read 3, labelled 3, 1 ask waiting)",
    ]
    written("call.allowed", "Inbox triage", "mail.read")
    teller.tell()
    assert len(told) == 3
    assert all(re.match(r"\d\d:\d\d:\d\d [A-Z+-]\w*  ", line) for line in told)
    monkeypatch.setattr("portal.up.trail_lines.QUIET", 0)
    teller.tell()
    assert told[3].endswith("Inbox triage used mail.read")


def test_counts_are_told_in_words() -> None:
    assert counts({}) == ""
    assert counts({"read": 12, "labelled": 12, "drafted": 3, "asks": 2}) == (
        " (read 12, labelled 12, drafted 3, 2 asks waiting)"
    )


@pytest.mark.parametrize(
    ("name", "email", "password", "problem"),
    [
        ("", "ida@example.com", "a heron on the roof", "name"),
        ("Ida Berg", "ida at example", "a heron on the roof", "email"),
        ("Ida Berg", "ida@example.com", "short", "too short"),
        ("Ida Berg", "ida.berg@example.com", "ida.berg@example", "similar"),
    ],
)
def test_a_first_admin_that_is_wrong(name: str, email: str, password: str, problem: str) -> None:
    problems = people.wrong(name, email, password)
    assert any(problem in each for each in problems), problems


@pytest.mark.django_db
def test_the_first_admin_from_the_environment(
    told: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable, value in zip(ADMIN, ["Ida Berg", "ida@example.com", "short"], strict=True):
        monkeypatch.setenv(variable, value)
    with pytest.raises(Trouble, match="too short"):
        people.settle(tmp_path, told.append, empty=True)
    monkeypatch.setenv("PORTAL_ADMIN_PASSWORD", "a heron on the roof")
    assert people.settle(tmp_path, told.append, empty=True) == ["Sign in as ida@example.com."]
    ida = Person.objects.get()
    assert ida.check_password("a heron on the roof")
    assert people.settle(tmp_path, told.append, empty=True) == []


@pytest.mark.django_db
def test_sample_sign_ins_are_told_again_without_passwords(tmp_path: Path) -> None:
    rows = [["Ida Berg", "ida@example.com", "admin", "a heron on the roof"]]
    (tmp_path / people.SAMPLE).write_text(json.dumps(rows))
    assert people.remembered(tmp_path) == []
    Person.objects.create(email="ida@example.com", display_name="Ida Berg", password="!")
    lines = people.remembered(tmp_path)
    assert "ida@example.com" in lines[0]
    assert "heron" not in "".join(lines)
    (tmp_path / people.SAMPLE).write_text("torn")
    assert people.remembered(tmp_path) == []


def test_a_log_that_is_too_long_begins_anew(tmp_path: Path) -> None:
    log = log_file(tmp_path, "web")
    log.write_bytes(b"x" * (LONGEST_LOG + 1))
    assert log_file(tmp_path, "web").stat().st_size == 0
    log.write_text(f"{timezone.now()}")
    assert log_file(tmp_path, "web").stat().st_size > 0


def test_a_process_ends_though_its_owner_was_killed_before_it_read_anything(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "portal.up.child", str(theirs.fileno()), "beat", str(tmp_path / "beat")]
    process = subprocess.Popen(
        command, cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True, stderr=subprocess.DEVNULL
    )
    theirs.close()
    select.select([ours], [], [], 60)
    ours.close()  # with what it said unread, as the kernel does for a killed process
    try:
        assert process.wait(20) in {0, -signal.SIGTERM, -signal.SIGKILL}
    finally:
        process.kill()
