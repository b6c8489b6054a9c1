"""The reader of mails gives the same on the Python after next, whose own reader of addresses is another one."""

import os
import subprocess
import sys
from pathlib import Path

import justhtml
import pytest

from tests.bench import mail_digest
from tests.node import node
from tests.portal.machine import ROOT

PLACES = [ROOT / "agents/connectors/mail/sample_mailbox", ROOT / "tests/agents/injections"]
CORPUS = Path(os.environ.get("PORTAL_MAIL_CORPUS") or "/nowhere")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python is that one")
def test_mails_read_the_same_on_python_314() -> None:
    binary, folder = node("pyodide")
    places = [place for place in (*PLACES, CORPUS) if place.is_dir()]
    program = ROOT / "tests" / "bench" / "other_python.mjs"
    packages = Path(justhtml.__file__).parents[1]
    command = [binary, program, folder, ROOT, packages, "tests.bench.mail_digest", *places]
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    version, *found = run.stdout.split()
    assert version.startswith("3.14.")
    assert found == [str(part) for part in mail_digest.digest(places)]
