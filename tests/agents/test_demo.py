"""``manage.py demo`` as somebody runs it: one JSON object, every message accounted for, nothing left behind."""

import json
import mailbox
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.agents.demonstration import command, demo, hashes, left, surroundings
from tests.fixtures import SERVER
from tests.openai_server import serving
from tests.portal.machine import wait_until

KEYS = {
    *("messages", "labelled", "drafted", "calls", "waiting"),
    *("tokens", "cost", "entries", "seconds", "errors", "skipped"),
}
CORPUS = Path(__file__).parents[2].parent / "shared" / "mail"

GOOD = "From: Ann <ann@example.org>\nSubject: {0}\nMessage-ID: <{0}@example.org>\n\n{1}\n"
MAIL = {
    "1-question.eml": GOOD.format("Lamp", "Could you tell me what the lamp costs?").encode(),
    "2-invoice.EML": GOOD.format("Invoice 9", "The amount due is 12.").encode(),
    "deep/er/3-latin.eml": b"From: a@example.org\nSubject: caf\xe9\n\n\xff\xfe\x00 broken \x80\n",
    "deep/4-mbox.eml": b"From ann@example.org Mon Jan  1 00:00:00 2024\nSubject: x\n\ny\n",
    "5-mime.eml": b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html\n\n<p>never closed',
    "6-empty.eml": b"",
    "notes.txt": b"no mail",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, data in MAIL.items():
        file = tmp_path / "mail" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path / "mail"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the demo makes its temporary folder; short, for the database's socket."""
    with tempfile.TemporaryDirectory(prefix="d-") as name:
        yield Path(name)


def test_a_folder_of_messy_mail(source, temporary, database_server):
    shut = source / "7-shut.eml"
    shut.write_bytes(MAIL["1-question.eml"])
    (source / "8-gone.eml").symlink_to("nowhere")
    if os.geteuid() != 0:  # root reads everything
        shut.chmod(0)
    before = hashes(source)
    away = "amqp://127.0.0.1:1//"  # nobody else's queue is used
    run = demo(source, temporary, "--json", DATABASE_URL=SERVER.url, BROKER_URL=away)
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert set(said) == KEYS
    unreadable = {"8-gone.eml", *([] if os.geteuid() == 0 else ["7-shut.eml"])}
    assert set(said["errors"]) == unreadable
    assert said["skipped"] == {"notes.txt": "A file that ends with .txt is no mail."}
    assert "Skipped 1 file: notes.txt" in run.stderr
    assert said["messages"] == 8
    assert said["labelled"] == 8 - len(unreadable)
    assert said["drafted"] == said["labelled"] - 5  # the questions
    others = 3  # it lists the mailbox, recalls its notes, and tells its person; telling the team asks
    assert said["calls"] == {"allow": others + 2 * said["labelled"] + said["drafted"], "ask": 1, "deny": 0}
    assert (said["waiting"], said["cost"]) == (1, 0)
    assert said["tokens"] > 1_000
    assert said["entries"] > said["calls"]["allow"]
    assert 0 < said["seconds"] < 120
    assert f"labelled {said['labelled']} of {said['labelled']}" in run.stderr
    assert hashes(source) == before


def test_a_maildir_beside_other_data_on_a_database_server(tmp_path, temporary, database_server):
    box = mailbox.Maildir(tmp_path / "box")
    for number in range(3):
        box.add(GOOD.format(f"Old {number}", "Nothing new."))
    box.add_folder("Archive").add(GOOD.format("Archived", "Long ago."))
    sorted_before = mailbox.MaildirMessage(GOOD.format("Sorted", "By a person."))
    sorted_before.set_subdir("cur")
    sorted_before.set_flags("Sa")
    box.add(sorted_before)
    (tmp_path / "box" / "dovecot-keywords").write_text("0 Private\n")
    before = hashes(tmp_path / "box")
    run = demo(tmp_path / "box", temporary, "--json", DATABASE_URL=SERVER.url)
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert (said["messages"], said["labelled"]) == (4, 3)
    ((name, why),) = said["errors"].items()
    assert name.startswith("cur/")
    assert "came with the label “Private”" in why
    assert hashes(tmp_path / "box") == before
    with psycopg.connect(SERVER.url) as connection:
        assert not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname LIKE 'portal_demo%'"
        ).fetchone()


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "is no folder"), ("file.eml", "is no folder"), ("empty", "There is no .eml file in")],
)
def test_what_is_no_mailbox_is_refused_in_one_line(tmp_path, temporary, name, words, database_server):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.eml").write_bytes(b"")
    run = demo(tmp_path / name, temporary, "--json", DATABASE_URL=SERVER.url)
    assert run.returncode == 1
    assert run.stdout == ""
    (line,) = run.stderr.strip().splitlines()
    assert words in line
    assert str(tmp_path / name) in line


def test_a_model_that_talks_nonsense_is_named(source, temporary, database_server):
    with serving([("nonsense", "{not json")]) as model:
        run = demo(
            source,
            temporary,
            "--json",
            DATABASE_URL=SERVER.url,
            OPENAI_BASE_URL=model.url,
            OPENAI_MODEL="nonsense-1",
        )
    assert run.returncode == 1
    said = json.loads(run.stdout)
    assert "made the same call" in said["errors"]["task"]
    assert set(said["errors"]) == {"task", *(name for name in MAIL if name.lower().endswith(".eml"))}
    assert said["calls"]["deny"] == 2
    assert said["labelled"] == 0
    assert len(model.requests) == 3


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"needs the 300 real mails in {CORPUS}")
def test_every_one_of_300_real_mails_comes_through(temporary):
    run = demo(CORPUS, temporary, "--json")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said["messages"] == sum(1 for _ in CORPUS.rglob("*.eml"))
    assert said["labelled"] + len(said["errors"]) == said["messages"]
    assert said["labelled"] >= 0.99 * said["messages"]


def test_ctrl_c_leaves_no_process_and_no_folder(temporary, tmp_path):
    box = mailbox.Maildir(tmp_path / "box")
    for one in range(400):
        box.add(GOOD.format(f"Lamp {one}", "Could you tell me what it costs?"))
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(tmp_path / "box", "--json"),
            env=surroundings(temporary),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: "read 20" in log.read_text(), 60)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
    wait_until(lambda: left(temporary) == [], 2)
    assert list(temporary.glob("agent-portal-demo-*")) == []
    assert log.read_text().splitlines()[-1] == "CommandError: Stopped. Nothing of it is left."
