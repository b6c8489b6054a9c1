"""The embedded PostgreSQL: what its users count on."""

import stat
import threading
from pathlib import Path

import psutil
import psycopg
import pytest

from portal import embedded
from tests.portal.machine import ask


def test_it_starts_keeps_its_data_and_listens_on_no_network(empty_home: Path) -> None:
    with embedded.Server(empty_home) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("create table kept as select 'ä'::text as letter")
        assert ask(server, "select current_setting('listen_addresses')") == ""
        assert ask(server, "select current_setting('server_encoding')") == "UTF8"
        assert ask(server, "select current_setting('fsync')") == "on"
        folder = embedded.socket_folder(empty_home)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not server.running()
    with embedded.Server(empty_home) as server:
        assert ask(server, "select upper(letter) from kept") == "Ä"
        assert ask(server, "select array_agg(extname) from pg_extension") == ["plpgsql"]


def test_whoever_leaves_last_stops_it(made_home: Path) -> None:
    servers = [embedded.Server(made_home) for _ in range(3)]
    threads = [threading.Thread(target=server.start) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    servers[0].stop()
    servers[1].stop()
    assert ask(servers[2], "select 1") == 1
    servers[2].stop()
    assert not servers[2].running()


def test_what_an_interruption_left_is_no_data(empty_home: Path) -> None:
    (empty_home / "postgres.new").mkdir()
    (empty_home / "postgres.new" / "PG_VERSION").write_text("18\n")
    with embedded.Server(empty_home, temporary=True) as server:
        assert ask(server, "select 1") == 1


def test_a_folder_that_cannot_be_written_is_named(empty_home: Path) -> None:
    (empty_home / "file").touch()
    with pytest.raises(embedded.Trouble, match=r"file.*Set PORTAL_HOME to a folder that you can write to"):
        embedded.Server(empty_home / "file" / "portal").start()


def test_commands_that_need_it_have_it_while_they_run(
    made_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PORTAL_HOME", str(made_home))
    for argv in (["manage.py"], ["manage.py", "check"], ["manage.py", "migrate", "--help"]):
        with embedded.for_command(argv):
            assert [each.name for each in made_home.iterdir()] == ["postgres"]
    with embedded.for_command(["manage.py", "migrate"]):
        assert embedded.Server(made_home).running()
    assert not embedded.Server(made_home).running()
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/portal")
    with embedded.for_command(["manage.py", "migrate"]):
        assert not embedded.Server(made_home).running()


def test_nothing_of_it_stays_when_it_stopped(made_home: Path) -> None:
    with embedded.Server(made_home, temporary=True) as server:
        postmaster = server.postgres.process()
        assert postmaster is not None
        processes = [postmaster, *postmaster.children(recursive=True)]
    assert not [each for each in processes if psutil.pid_exists(each.pid)]
