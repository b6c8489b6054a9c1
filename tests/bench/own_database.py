"""A PostgreSQL and a home of a bench's own, which its Django uses; both are gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal import embedded


@contextmanager
def own_database() -> Iterator[None]:
    """Enter it before ``django.setup()``, which reads where they are."""
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    server = embedded.Server(home, temporary=True)
    os.environ |= {"PORTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    os.environ |= {"DATABASE_URL": server.url, "PORTAL_LOG_LEVEL": "ERROR", "PORTAL_HOSTS": "testserver"}
    server.start()
    try:
        yield
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
