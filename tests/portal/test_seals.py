"""Seals: each entry is in exactly one, whenever its transaction commits, and segments end and go into files."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from portal.audit import archive, chain, seals
from portal.audit.models import Entry
from portal.audit.seals import Seal, seal
from portal.reasons import because
from tests.cast import Cast
from tests.roles import past_the_guards, superuser

committing = pytest.mark.django_db(transaction=True)


def write(name: str = "A") -> int:
    return Entry.objects.create(event="x.y", actor_name=name).pk


def beside(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def open_writer(
    end: Callable[[], None] = lambda: None,
) -> tuple[threading.Event, threading.Thread, list[int]]:
    """A transaction that has written and stays open until told; it ends with what ``end`` does."""
    written, go, numbers = threading.Event(), threading.Event(), list[int]()

    def work() -> None:
        try:
            with transaction.atomic():
                numbers.append(write("late"))
                written.set()
                go.wait(20)
                end()
        except ZeroDivisionError:
            pass

    thread = beside(work)
    written.wait(20)
    return go, thread, numbers


@committing
def test_what_commits_late_is_sealed_late_and_waits_for_nobody():
    write()
    seal()
    go, thread, (late,) = open_writer()
    early = write()
    assert late < early
    assert seal() == 1
    assert seal() == 0
    assert Seal.objects.last().missing == f"{{[{late},{early})}}"
    assert chain.fault() == {}
    go.set()
    thread.join()
    assert seal() == 1
    _, first, second = Seal.objects.all()
    assert (first.covers, second.covers) == (f"{{[{early},{early + 1})}}", f"{{[{late},{late + 1})}}")
    assert second.missing == "{}"
    assert chain.fault() == {}


@committing
def test_a_number_that_was_rolled_back_is_missing_only_while_it_could_come():
    write()
    seal()
    other, second, _ = open_writer()
    go, thread, (gone,) = open_writer(lambda: 1 // 0)  # type: ignore[arg-type,return-value]
    write()
    seal()
    go.set()
    thread.join()
    write()
    seal()
    assert f",{gone + 1})" in Seal.objects.last().missing, "the other is as old: it could be its number"
    other.set()
    second.join()
    write()
    seal()
    write()
    seal()
    assert Seal.objects.last().missing == "{}"
    assert chain.fault() == {}
    past_the_guards(
        "INSERT INTO portal_entry (id, at, event, actor_name, target_type, target_name, details, digest)"
        f" VALUES ({gone}, now(), 'x.y', 'forged', '', '', '{{}}', '')"
    )
    assert chain.fault() == because("trail.inserted", entry=gone)


@committing
def test_sealers_at_once_seal_each_entry_once():
    for _ in range(30):
        write()
    threads = [beside(seals.seal) for _ in range(4)]
    writers = [beside(lambda: [write() for _ in range(20)] and None) for _ in range(3)]
    for thread in threads + writers:
        thread.join()
    seal()
    assert sum(Seal.objects.values_list("entries", flat=True)) == Entry.objects.count() == 90
    assert list(Seal.objects.values_list("number", flat=True)) == list(range(1, Seal.objects.count() + 1))
    assert chain.fault() == {}


@pytest.mark.django_db
def test_writers_name_neither_number_nor_time_nor_digest(cast: Cast):
    entry = Entry(id=7, event="x.y", actor_name="A", at=timezone.now() - timedelta(days=9), digest=b"1")
    entry.save(force_insert=True)
    made = Entry.objects.latest("id")
    assert (made.actor_name, made.pk == 7) == ("A", False)
    assert made.at > timezone.now() - timedelta(minutes=1)
    assert chain.fault() == {}


def sealed(most: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_seal_trail(%s)", [most])


@pytest.mark.django_db
def test_a_segment_is_a_day_or_a_hundred_thousand_entries(cast: Cast):
    for most in (5, 5, 5):
        sealed(most)
    rows = list(Seal.objects.values_list("segment", "entries"))
    assert rows == [(1, 5), (2, 5), (3, 5)]
    past_the_guards("UPDATE portal_seal SET at = at - interval '1 day' WHERE number = 3")
    for _ in range(2):
        write()
        sealed(100)
        assert Seal.objects.last().segment == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE portal_seal SET entries = 4 WHERE number = 2", "trail.seal"),
        ("UPDATE portal_seal SET covers = '{[1,2)}' WHERE number = 2", "trail.seal"),
        ("UPDATE portal_seal SET at = now() WHERE number = 2", "trail.seal"),
        ("DELETE FROM portal_seal WHERE number = 1", "trail.seal"),
        ("DELETE FROM portal_seal WHERE number = 2", "trail.seal"),
    ],
)
def test_a_changed_seal_is_found(cast: Cast, change: str, code: str):
    for most in (5, 5, 5):
        sealed(most)
    assert chain.fault() == {}
    past_the_guards(change)
    assert chain.fault()["code"] == code


@pytest.mark.django_db
def test_old_segments_go_into_files_and_the_chain_holds(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    # What is written here is not committed.
    monkeypatch.setattr(archive.database_roles, "as_owner", superuser)
    for most in (5, 5, 5):
        sealed(most)
    before = Entry.objects.count()
    call_command("audit", archive=tmp_path, older_than=0)
    assert Entry.objects.count() == before - 10
    assert sorted(file.name for file in tmp_path.glob("trail-segment-*")) == [
        "trail-segment-1.jsonl.gz",
        "trail-segment-2.jsonl.gz",
    ]
    capsys.readouterr()
    call_command("audit", archived=tmp_path)
    assert "10 entries in archived segments" in capsys.readouterr().out
    (tmp_path / "trail-segment-2.jsonl.gz").write_bytes((tmp_path / "trail-segment-1.jsonl.gz").read_bytes())
    with pytest.raises(CommandError, match="its seals are not those of the chain"):
        call_command("audit", archived=tmp_path)
    past_the_guards(f"DELETE FROM portal_entry WHERE id = {Entry.objects.earliest('id').pk}")
    assert chain.fault()["code"] == "trail.removed"


@pytest.mark.django_db
def test_a_file_that_cannot_be_verified_removes_nothing(cast: Cast, tmp_path: Path):
    sealed(5)
    past_the_guards("UPDATE portal_entry SET actor_name = 'x'")
    before = Entry.objects.count()
    with pytest.raises(ValueError, match="was changed"):
        archive.archive(1, tmp_path)
    assert Entry.objects.count() == before
