"""The services of portal/docs/deploy.md, started as it says: on a PostgreSQL of one's own, with two roles."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from portal import embedded
from tests.documents import ROOT, blocks, documents
from tests.portal.machine import NOT_INHERITED, free_port, wait_until

TEXT = documents()["portal/docs/deploy.md"]
UNITS = dict(re.findall(r"`/etc/systemd/system/([\w-]+)\.service`.*?```ini\n(.*?)```", TEXT, re.S))
ADMIN = {
    "PORTAL_ADMIN_NAME": "Ida Berg",
    "PORTAL_ADMIN_EMAIL": "ida@example.com",
    "PORTAL_ADMIN_PASSWORD": "a heron on the roof",
}


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNITS[name])
    return parser


def environment(home: Path, **more: str) -> dict[str, str]:
    """That of the document, with a folder of ours."""
    said = next(body for language, body in blocks(TEXT) if "PORTAL_HTTPS" in body)
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    own = dict(line.split("=", 1) for line in said.splitlines())
    return inherited | own | {"PORTAL_HOME": str(home), "PYTHONPATH": str(ROOT)} | more


def command(name: str, home: Path, port: int = 0) -> list[str]:
    """A unit's command with our Python, folder and port."""
    words = shlex.split(unit(name)["Service"]["ExecStart"].replace("/var/lib/agent-portal", str(home)))
    assert words[0] == "/opt/agent-portal/.venv/bin/python"
    return [sys.executable, *(str(port) if word == "8000" else word for word in words[1:])]


@contextmanager
def running(words: list[str], variables: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(words, cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
        assert process.poll() is None, log.read_text()
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="portal-home-"))
    yield folder
    shutil.rmtree(folder)


def answered(port: int, path: str) -> int:
    headers = {"Host": "portal.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except OSError:
        return 0


def test_six_services_are_described():
    assert sorted(UNITS) == [
        "agent-portal",
        *(f"agent-portal-{part}" for part in ("clock", "listen", "prepare", "web", "worker")),
    ]
    for name in UNITS:
        service = unit(name)["Service"]
        assert (service["User"], service["WorkingDirectory"]) == ("agent-portal", "/opt/agent-portal")
        assert service["UMask"] == "0077"
        # The owner's password is for the one that migrates, and for nobody who serves people.
        assert ("owner.env" in UNITS[name]) == (name == "agent-portal-prepare")


def test_prepared_served_and_worked_by_processes_of_their_own(home: Path, empty_home: Path) -> None:
    with embedded.Server(empty_home, temporary=True) as server, ExitStack() as stack:
        served = environment(home, DATABASE_URL=server.variables["DATABASE_URL"])
        owner = served | server.variables | ADMIN
        prepare = command("agent-portal-prepare", home)
        first = subprocess.run(prepare, cwd=ROOT, env=owner, capture_output=True, text=True, timeout=300)
        assert first.returncode == 0, first.stdout + first.stderr
        assert "Sign in as ida@example.com." in first.stdout
        again = subprocess.run(prepare, cwd=ROOT, env=owner, capture_output=True, text=True, timeout=300)
        assert (again.returncode, again.stdout) == (0, "Everything is ready for the portal's processes.\n")

        port = free_port()
        for name in ("web", "worker", "clock"):
            words = command(f"agent-portal-{name}", home, port)
            stack.enter_context(running(words, served, home / f"{name}.log"))
        wait_until(lambda: answered(port, "/sign-in/") == 200, 240)
        assert answered(port, "/") == 200  # led to the sign-in, by https

        def sealed() -> bool:
            with psycopg.connect(server.url) as connection:
                return connection.execute("SELECT EXISTS (SELECT FROM portal_seal)").fetchone() == (True,)

        wait_until(sealed, 240)  # the clock sent it, the worker did it, as the role that may not do it itself


def test_prepare_without_an_admin_makes_nothing(home: Path, empty_home: Path) -> None:
    with embedded.Server(empty_home, temporary=True) as server:
        run = subprocess.run(
            command("agent-portal-prepare", home),
            cwd=ROOT,
            env=environment(home, **server.variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 1
        assert "PORTAL_ADMIN_NAME" in run.stderr
        with psycopg.connect(server.url) as connection:
            assert connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            ).fetchone() == (0,)


def test_the_two_roles_of_the_document_are_what_the_check_wants(home: Path, empty_home: Path) -> None:
    """The SQL of the document, run as it is there, makes two roles that ``check --deploy`` finds nothing about."""
    sql = next(body for language, body in blocks(TEXT) if language == "sql")
    with embedded.Server(empty_home, temporary=True) as server:
        with psycopg.connect(server.url, dbname="postgres", autocommit=True) as admin:
            admin.execute("ALTER DATABASE portal RENAME TO before")
            for role in ("portal_owner", "portal_app"):
                admin.execute(f"ALTER ROLE {role} RENAME TO before_{role}")
            for statement in filter(str.strip, sql.split(";")):
                admin.execute(statement)
        own = environment(home, **server.variables, **ADMIN)
        subprocess.run(command("agent-portal-prepare", home), cwd=ROOT, env=own, check=True, timeout=300)
        check = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        found = subprocess.run(check, cwd=ROOT, env=own, capture_output=True, text=True, timeout=300)
        # Two that are for the owner of the domain to decide, as the document says.
        assert set(re.findall(r"\((\w+\.\w\d+)\)", found.stderr)) == {"security.W005", "security.W021"}
