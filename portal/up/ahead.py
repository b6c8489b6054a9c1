"""The web server's process ahead of all else: it loads as long as we do, so both load at the same time."""

from collections.abc import Sequence
from contextlib import suppress

from portal import env
from portal.embedded import log_file
from portal.up.children import Child, variables

web: Child | None = None


def begin(argv: Sequence[str]) -> None:
    """For ``manage.py``, before it loads Django. A first start has a database to make before; it needs no haste."""
    global web
    home = env.home()
    if list(argv[1:2]) != ["up"] or {"-h", "--help"} & set(argv) or not (home / "up.lock").exists():
        return
    child = Child("web", ["web"])
    with suppress(OSError):  # a folder that cannot be written: ``up`` will say so
        child.start(log_file(home, child.name), variables(home))
        web = child
