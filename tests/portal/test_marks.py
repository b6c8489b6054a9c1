"""Marks outside of the database, the nightly check, Verify now, and an export that anybody can verify."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from portal import workers
from portal.accounts import actions as people
from portal.audit import chain, checking, marks, seals
from portal.audit.models import Entry
from portal.audit.seals import Seal, TrailCheck, seal
from portal.docs import verify_trail
from tests.cast import Cast, as_
from tests.roles import past_the_guards

pytestmark = pytest.mark.django_db
PROGRAM = verify_trail.__file__


@pytest.fixture
def marked(cast: Cast, settings) -> Path:
    """Three marks of three seals."""
    for number in range(3):
        people.invite(cast.ada, email=f"m{number}@example.com", display_name=f"M {number}")
        workers.mark()
    return settings.TRAIL_MARKS


def test_marks_are_appended_signed_and_compared_by_default(marked: Path, capsys):
    assert marked.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in marked.read_text().splitlines()]
    assert [line["seal"] for line in lines] == [1, 2, 3]
    assert lines[-1]["entries"] == Entry.objects.count()
    call_command("audit")
    assert "Compared with 4 marks" in capsys.readouterr().out


def test_who_rewrites_the_whole_database_is_found(marked: Path):
    """Every digest and every seal made anew: the database alone says that it is whole."""
    past_the_guards("UPDATE portal_entry SET actor_name = 'Nobody' WHERE event = 'person.invited'")
    past_the_guards("UPDATE portal_entry e SET digest = portal_entry_digest(e, NULL)")
    past_the_guards("DELETE FROM portal_seal")
    seal()
    assert chain.fault() == {}
    with pytest.raises(CommandError, match="the trail was rewritten"):
        call_command("audit")


def test_a_trail_that_was_cut_short_is_found(marked: Path):
    past_the_guards("DELETE FROM portal_entry WHERE id > (SELECT top FROM portal_seal WHERE number = 2)")
    past_the_guards("DELETE FROM portal_seal WHERE number = 3")
    assert chain.fault() == {}
    with pytest.raises(CommandError, match="the trail was cut short"):
        call_command("audit")


@pytest.mark.parametrize("what", ["at", "seal", "digest", "entries", "previous", "signature", "all", "line"])
def test_forged_marks_are_found(marked: Path, settings, what: str):
    lines = marked.read_text().splitlines()
    mark = json.loads(lines[1])
    if what == "line":
        del lines[1]
    elif what == "all":
        settings.TRAIL_KEY = "somebody else's"
    else:
        mark[what] = 1 if isinstance(mark[what], int) else mark[what][::-1]
        lines[1] = json.dumps(mark)
    marked.write_text("\n".join(lines) + "\n")
    assert marks.fault()[0]["code"] == "marks.forged"
    with pytest.raises(CommandError, match="was not written by this portal"):
        call_command("audit")


def test_marks_that_are_missing_are_found(marked: Path, monkeypatch):
    checking.check()
    lines = marked.read_text().splitlines()
    marked.write_text("\n".join(lines[:-1]) + "\n")
    assert marks.fault()[0]["code"] == "marks.fewer"
    TrailCheck.objects.all().delete()
    later = timezone.now() + timedelta(hours=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    marked.unlink()
    assert marks.fault()[0]["code"] == "marks.none"
    with pytest.raises(CommandError, match="There are no marks"):
        call_command("audit")


def test_a_clock_that_stopped_making_marks_is_found(marked: Path, monkeypatch):
    seal()
    later = timezone.now() + timedelta(hours=3)
    past_the_guards("DELETE FROM portal_seal WHERE number = 3")
    marked.write_text("\n".join(marked.read_text().splitlines()[:-1]) + "\n")
    monkeypatch.setattr(timezone, "now", lambda: later)
    with_late = marks.fault()[0]
    assert with_late == {}, "nothing was written since"
    seal()
    past_the_guards(f"UPDATE portal_seal SET at = '{later}' WHERE number = 3")
    monkeypatch.setattr(timezone, "now", lambda: later + timedelta(hours=3))
    assert marks.fault()[0]["code"] == "marks.late"


def test_a_young_trail_needs_no_marks_yet(cast: Cast):
    seal()
    assert marks.fault() == ({}, 0)


def test_the_night_tells_auditors_and_admins(cast: Cast, marked: Path):
    workers.check_trail()
    for person in (cast.ada, cast.aud):
        assert "Copy the database" not in as_(person).get("/").text
    past_the_guards("UPDATE portal_entry SET actor_name = 'x' WHERE id = (SELECT min(id) FROM portal_entry)")
    workers.check_trail()
    for person in (cast.ada, cast.aud):
        assert "is not as it was written" in as_(person).get("/").text
    for person in (cast.mia, cast.lea, cast.finn):
        assert "is not as it was written" not in as_(person).get("/").text


def test_a_check_that_does_not_run_is_told_too(cast: Cast, marked: Path):
    past_the_guards("UPDATE portal_seal SET at = at - interval '3 days'")
    for person in (cast.ada, cast.aud):
        assert "The nightly check does not run" in as_(person).get("/").text
    workers.check_trail()
    assert not seals.state().overdue
    TrailCheck.objects.update(ended_at=timezone.now() - timedelta(days=3))
    assert seals.state().overdue


def test_verify_now_is_answered_by_a_worker_and_its_result_is_shown(cast: Cast, marked: Path):
    aud = as_(cast.aud)
    assert "Not verified yet" in aud.get("/trail/").text
    assert {aud.post("/trail/check/").status_code for _ in range(2)} == {302}
    asked = TrailCheck.objects.get()
    text = aud.get("/trail/").text
    assert "Verifying …" in text
    assert "Verifying …" in aud.get("/trail/", headers={"HX-Request": "true", "HX-Target": "check"}).text
    assert 'id="verify"' not in text
    workers.check_trail(asked.pk)
    asked.refresh_from_db()
    text = aud.get("/trail/").text
    assert f"{asked.entries} entries, compared with 4 marks kept outside the database." in text
    assert 'id="verify"' in text
    TrailCheck.objects.update(ended_at=None, asked_at=timezone.now() - timedelta(hours=1))
    assert "No worker ran the check" in aud.get("/trail/").text
    assert Entry.objects.filter(event="trail.checked", actor=cast.aud).count() == 2


def verified(file: Path, *more: object) -> subprocess.CompletedProcess[str]:
    """As an auditor runs it: another Python process, without the portal's packages."""
    command = [sys.executable, "-I", "-S", PROGRAM, str(file), *map(str, more)]
    return subprocess.run(command, capture_output=True, text=True, cwd="/")


def test_the_export_is_verified_without_the_portal(cast: Cast, marked: Path, tmp_path: Path):
    assert len(Path(PROGRAM).read_text().splitlines()) <= 60
    page, command = tmp_path / "page.jsonl", tmp_path / "command.jsonl"
    page.write_bytes(as_(cast.aud).get("/trail/records/").content)
    call_command("audit", export=command)
    for file in (page, command):
        run = verified(file, "--marks", marked)
        assert (run.stderr, run.stdout[:33]) == ("", "The trail is whole: seals 1 to 3,")
        assert run.stdout.endswith(f" {len(marked.read_text().splitlines())} marks fit.\n")
    assert as_(cast.aud).get("/trail/program/").getvalue() == Path(PROGRAM).read_bytes()
    lines = [json.loads(line) for line in page.read_text().splitlines()]
    texts = [json.loads(line["text"]) for line in lines if "entry" in line]
    assert [text[4] for text in texts] == list(
        Entry.objects.order_by("id").values_list("actor_name", flat=True)
    )


@pytest.mark.parametrize("how", ["words", "removed", "order", "own digest", "seal", "seals", "tail", "marks"])
def test_a_tampered_export_is_not(cast: Cast, marked: Path, tmp_path: Path, how: str):
    file = tmp_path / "trail.jsonl"
    lines = [json.loads(line) for line in as_(cast.aud).get("/trail/records/").text.splitlines()]
    seal_at = [n for n, line in enumerate(lines) if "seal" in line]
    if how in {"words", "own digest"}:
        lines[2]["text"] = lines[2]["text"].replace("Ada", "Eve").replace("invited", "removed")
    if how == "own digest":
        lines[2]["digest"] = verify_trail.sha(lines[2]["text"].encode()).hex()
    if how == "removed":
        del lines[2]
    if how == "order":
        lines[1], lines[2] = lines[2], lines[1]
    if how == "seal":
        lines[seal_at[1]]["text"] = lines[seal_at[1]]["text"].replace("2, ", "9, ", 1)
    if how == "seals":
        del lines[seal_at[0] + 1 : seal_at[1] + 1]
    if how == "tail":
        del lines[seal_at[-1]]
    if how == "marks":
        marked.write_text(marked.read_text().replace(Seal.objects.last().digest.hex(), "0" * 64))
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    assert verified(file, "--marks", marked).returncode == 1
