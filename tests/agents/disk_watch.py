"""Sees what is touched on disk: every file that is opened, every folder that is listed, every name that is changed."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHANGES = ("mkdir", "unlink", "remove", "rmdir", "rename", "replace", "symlink", "link", "chmod", "utime")
LOOKS = ("stat", "lstat", "readlink")
LISTS = ("scandir", "listdir")
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}
# What Python itself reads, whatever a connector does.
READ = (
    *{os.path.realpath(place) for place in (sys.prefix, sys.base_prefix, Path(__file__).parents[2])},
    *("/proc", "/dev", "/usr/share/zoneinfo", "/etc/localtime"),
)
PASSING = getattr(os, "O_PATH", 0)  # nothing is read of a folder that is opened so
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
REAL = {name: getattr(os, name) for name in ("open", *CHANGES, *LOOKS, *LISTS)}


class Watch:
    """``outside``: what was touched that is neither in ``inside`` nor read by Python. ``before``: ahead of each."""

    def __init__(self, inside: tuple[Path, ...], before: Callable[[], None]) -> None:
        self.inside = tuple(str(path) for path in inside)
        self.before = before
        self.outside: list[str] = []
        self.busy = False  # the watch's own looks are none of the connector's

    def touched(self, path: str, *, read: bool) -> None:
        places = (*self.inside, *READ) if read else self.inside
        if not any(path == place or path.startswith(f"{place}/") for place in places):
            self.outside.append(path)

    def wrap(self, name: str) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **more: Any) -> Any:
            if self.busy:
                return REAL[name](*arguments, **more)
            self.busy = True
            try:
                self.before()
                if name in CHANGES:
                    self._changes(arguments, more)
                if name in LISTS and arguments and not isinstance(arguments[0], int):
                    self.touched(os.path.realpath(arguments[0]), read=True)
                result = REAL[name](*arguments, **more)
                if name == "open" and not (PASSING and arguments[1] & PASSING):
                    led = os.path.realpath(f"/proc/self/fd/{result}")
                    self.touched(led, read=not arguments[1] & WRITING)
                return result
            finally:
                self.busy = False

        return wrapped

    def _changes(self, arguments: tuple[Any, ...], more: dict[str, Any]) -> None:
        """The name itself is not followed: a link is changed, not what it leads to."""
        paths = [path for path in arguments[:2] if isinstance(path, str | bytes | os.PathLike)]
        for path, key in zip(paths, ("src_dir_fd", "dst_dir_fd"), strict=False):
            folder = more.get("dir_fd", more.get(key))
            start = os.path.realpath(f"/proc/self/fd/{folder}") if folder is not None else os.getcwd()
            written = Path(start) / os.fsdecode(path)
            self.touched(f"{os.path.realpath(written.parent)}/{written.name}", read=False)

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Of Python's ``open``, which goes past ``os``, and of other programs."""
        if event in PROGRAMS:
            self.outside.append(f"a program: {arguments[0]}")
        elif event == "open" and arguments[1] is not None and not isinstance(arguments[0], int):
            self.busy = True
            read = not set("wax+") & set(arguments[1])
            self.touched(os.path.realpath(os.fsdecode(arguments[0])), read=read)
            self.busy = False


_watches: list[Watch] = []
sys.addaudithook(lambda event, arguments: _watches[-1].heard(event, arguments) if _watches else None)


@contextmanager
def watched(*inside: Path, before: Callable[[], None] = lambda: None) -> Iterator[list[str]]:
    watch = Watch(inside, before)
    _watches.append(watch)
    for name in REAL:
        setattr(os, name, watch.wrap(name))
    try:
        yield watch.outside
    finally:
        for name, function in REAL.items():
            setattr(os, name, function)
        _watches.pop()
