"""``manage.py up`` as a person meets it: real processes, a real terminal's signals, folders that go wrong."""

import json
import os
import pty
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from portal import embedded
from tests.portal.machine import ROOT, Nobody, Up, only_as_root, wait_until

ADMIN = {
    "PORTAL_ADMIN_NAME": "Ida Berg",
    "PORTAL_ADMIN_EMAIL": "ida@example.com",
    "PORTAL_ADMIN_PASSWORD": "a heron on the roof",
}


Start = Callable[..., Up]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def test_the_first_start_the_second_and_what_ctrl_c_leaves(empty_home: Path, up: Start) -> None:
    first = up(empty_home)
    first.until("Agent Portal runs at")
    assert first.get("/sign-in/") == 200
    people = json.loads((empty_home / "sample.json").read_text())
    assert stat.S_IMODE((empty_home / "sample.json").stat().st_mode) == 0o600
    assert all(email in first.said and password in first.said for _, email, _, password in people)
    first.until("labelled", 90)
    family = first.family()
    assert len(family) > 8

    second = up(empty_home)
    assert second.code() == 1
    there = f"http://127.0.0.1:{first.port}/ (process {first.process.pid})"
    assert second.lines == [f"The portal of {empty_home} runs already: {there}."]

    assert first.end() == 0
    assert first.lines[-1] == "Stopped."
    assert not alive(family)

    again = up(empty_home)
    assert again.until("Agent Portal runs at") < 10  # under 5 on a machine that does nothing else
    again.until(str(empty_home / "sample.json"))
    assert people[0][1] in again.said
    assert people[0][3] not in again.said
    assert again.end(signal.SIGTERM) == 0


def test_who_dies_starts_again_and_nobody_outlives_a_killed_owner(made_home: Path, up: Start) -> None:
    here = up(made_home, "--empty", **ADMIN)
    here.until("Sign in as ida@example.com.")
    here.child("web").kill()
    here.until("The web process was killed (signal 9). It starts again in 1 s.")
    assert here.get("/sign-in/") == 200  # what asked while it was away has waited
    wait_until(here.workers)
    postmaster = embedded.Server(made_home).postgres.process()
    assert postmaster is not None
    family = [each for each in here.family() if each != postmaster and each not in postmaster.children()]
    here.end(signal.SIGKILL)
    wait_until(lambda: not alive(family))

    heir = up(made_home)
    heir.until("Agent Portal runs at")
    assert embedded.Server(made_home).postgres.process() == postmaster
    embedded.Server(made_home).postgres.stop()
    heir.until("The database has ended. Starting it again")
    wait_until(embedded.Server(made_home).running)
    assert heir.end() == 0
    assert not embedded.Server(made_home).running()


def test_a_second_ctrl_c_does_not_wait(made_home: Path, up: Start) -> None:
    here = up(made_home, "--empty", **ADMIN)
    here.until("Sign in as")
    wait_until(here.workers)
    family = here.family()
    here.child("worker").suspend()  # so that it cannot finish
    here.process.send_signal(signal.SIGINT)
    here.until("Waiting for worker to finish what is being done. Ctrl-C ends it at once.")
    assert here.end(seconds=5) == 0
    assert not alive(family)


def test_a_taken_port(empty_home: Path, up: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        here = up(empty_home, port=port)
        assert here.code() == 1
    where = f"Port {port} of 127.0.0.1 is taken."
    assert here.lines == [f"{where} Stop what uses it, or choose another with --port."]


def test_an_address_that_is_not_this_machines(empty_home: Path, up: Start) -> None:
    here = up(empty_home, "--host", "192.0.2.1")
    assert here.code() == 1
    assert len(here.lines) == 1
    assert here.lines[0].startswith("The portal cannot listen on 192.0.2.1")


@only_as_root
def test_a_folder_that_may_not_be_written(empty_home: Path, nobody: Nobody) -> None:
    empty_home.chmod(0o755)
    result = nobody.runs(str(nobody.copy / "manage.py"), "up", PORTAL_HOME=str(empty_home))
    assert result.returncode == 1
    line = f"{empty_home}: Permission denied. Set PORTAL_HOME to a folder that you can write to.\n"
    assert (result.stdout, result.stderr) == ("", line)


def test_a_database_that_is_not_there(empty_home: Path, up: Start) -> None:
    here = up(empty_home, DATABASE_URL="postgresql://nobody@127.0.0.1:1/portal")
    assert here.code() == 1
    assert len(here.lines) == 1
    assert here.lines[0].startswith("The database (DATABASE_URL) cannot be reached: ")


def test_empty_without_a_terminal_says_what_it_needs(made_home: Path, up: Start) -> None:
    here = up(made_home, "--empty")
    assert here.code() == 1
    assert here.lines[-1].startswith("--empty asks who the first admin is. Use a terminal, or set PORTAL_")
    assert not embedded.Server(made_home).running()


def test_empty_asks_in_a_terminal_until_it_is_right(made_home: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("DATABASE_URL", None)
        os.environ["PORTAL_HOME"] = str(made_home)
        os.execv(sys.executable, [sys.executable, str(ROOT / "manage.py"), "up", "--port", "0", "--empty"])
    said = ""

    def answer(question: str, words: str) -> None:
        nonlocal said
        while question not in said:
            said += os.read(terminal, 1024).decode()
        said = said.partition(question)[2]
        os.write(terminal, f"{words}\n".encode())

    answer("Name: ", "Ida Berg")
    answer("E-mail: ", "ida at example")
    answer("Password", "short")
    answer("This password is too short", "")
    answer("Name: ", "Ida Berg")
    os.close(terminal)  # the terminal is closed in the middle
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    assert not embedded.Server(made_home).running()
