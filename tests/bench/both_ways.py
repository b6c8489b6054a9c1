"""Every mail below some folders, read from a Dovecot and from a Maildir: ``python -m tests.bench.both_ways FOLDER …``.

It prints how many there were, and names each that is listed or read in two ways.
"""

import os
import sys
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402

from agents.connectors.mail.tests.both_ways import differences  # noqa: E402
from agents.connectors.mail.tests.dovecot import server  # noqa: E402


def main() -> None:
    files = sorted(file for name in sys.argv[1:] for file in Path(name).rglob("*") if file.is_file())
    with server(quota="10G") as box, tempfile.TemporaryDirectory() as folder:
        settings.OWN_CA, settings.MAIL_ROOT = str(box.home / "cert.pem"), Path(folder)
        found = differences(box, Path(folder), {str(file): file.read_bytes() for file in files})
    print(f"{len(files)} mails, {len(found)} of them read in two ways", *found, sep="\n")


if __name__ == "__main__":
    main()
