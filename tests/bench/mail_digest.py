"""What the reader of mails makes of every file below some folders, as one number: the same on every Python.

python -m tests.bench.mail_digest FOLDER [FOLDER …]
"""

import hashlib
import platform
import sys
from pathlib import Path

from agents.connectors.mail.addresses import read
from agents.connectors.mail.heads import head
from agents.connectors.mail.parse import parse


def digest(folders: list[Path]) -> tuple[int, str]:
    """How many files there are, and the number of what was read in them."""
    found = hashlib.sha256()
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    for file in files:
        data = file.read_bytes()
        found.update(repr((file.name, parse(data), head(data))).encode("utf-8", "surrogatepass"))
        for line in data.decode("latin-1").splitlines():
            if "@" in line:  # lines that no program wrote as addresses, too
                found.update(repr(read(line[:2_000])).encode("utf-8", "surrogatepass"))
    return len(files), found.hexdigest()[:16]


if __name__ == "__main__":
    print(platform.python_version(), *digest([Path(name) for name in sys.argv[1:]]))
