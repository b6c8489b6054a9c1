"""``manage.py demo`` in a process, and what it leaves: nothing."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

from tests.portal.machine import ROOT

FOREIGN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "BROKER_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "ANTHROPIC_API_KEY",
)


def command(path: Path, *options: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "demo", "--mailbox", str(path), *options]


def surroundings(temporary: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    home = str(temporary / "home")
    return {**kept, "TMPDIR": str(temporary), "PORTAL_HOME": home, **more}


def demo(path: Path, temporary: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        command(path, *options),
        cwd="/",
        env=surroundings(temporary, **more),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert list(temporary.glob("agent-portal-demo-*")) == []
    assert left(temporary) == []
    return run


def left(temporary: Path) -> list[str]:
    """Processes that the demo started and that are still there: each has its temporary folder in its environment."""
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
            ours = process.environ().get("TMPDIR") == str(temporary) or any(str(temporary) in w for w in line)
        except psutil.Error:
            continue
        if ours and process.pid != os.getpid():
            found.append(" ".join(line))
    return found


def hashes(folder: Path) -> dict[str, Any]:
    return {
        str(file.relative_to(folder)): (file.lstat().st_mode, file.lstat().st_mtime_ns, _digest(file))
        for file in folder.rglob("*")
    }


def _digest(file: Path) -> str:
    return (
        hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() and os.access(file, os.R_OK) else ""
    )
