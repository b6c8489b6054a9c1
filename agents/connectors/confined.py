"""How a connector touches the disk, so that no name, path or link leads it out of its folder.

All but ``below`` and ``followed`` go to the place step by step when it is used and follow no link, also none that
somebody makes after a check.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST_NAME = 255  # bytes that a file system takes for one name
# A folder on the way is only passed through (Linux); elsewhere it must be readable.
STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Outside(OSError):
    """The path leads out of its folder, or is no path at all."""

    def __init__(self) -> None:
        super().__init__(errno.EPERM, "it leads out of its folder")


def below(root: Path, written: str) -> Path | None:
    """``written``, absolute or relative to ``root``, as a path relative to it. None: it is not below.

    ``root`` may itself be behind links; both ways to write it count. Links below it are not followed here.
    """
    if not _encodable(written):
        return None
    for start in (os.path.normpath(root), os.path.realpath(root)):
        place = Path(os.path.normpath(Path(start) / written))
        if place != Path(start) and place.is_relative_to(start):
            return place.relative_to(start)
    return None


def followed(root: Path, written: str) -> Path | None:
    """Where ``written`` leads, absolute or below ``root``, with every link followed. None: it is no path."""
    return Path(os.path.realpath(root / written)) if _encodable(written) else None


def is_name(text: str) -> bool:
    """May a file inside of a folder be called so? Then ``folder / text`` is in the folder itself."""
    return _encodable(text) and "/" not in text and text not in (".", "..") and _length(text) <= LONGEST_NAME


def entries(folder: Path) -> dict[str, int]:
    """What is in the folder: its names, each with its kind (``stat.S_IFREG``, ``S_IFDIR``, ``S_IFLNK`` …)."""
    with _folder(folder) as step:
        listed = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=step)
        try:
            with os.scandir(listed) as found:
                return {entry.name: _kind(entry) for entry in found}
        finally:
            os.close(listed)


def status(path: Path) -> os.stat_result:
    """Of the file itself; of a link, of the link."""
    with _folder(path.parent) as step:
        return os.stat(_name(path), dir_fd=step, follow_symlinks=False)


def exists(path: Path) -> bool:
    """Is something there, be it a link that leads nowhere?"""
    try:
        status(path)
    except FileNotFoundError:
        return False
    return True


def is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(status(path).st_mode)
    except OSError:
        return False


def open_file(path: Path, flags: int, mode: int = 0o600) -> int:
    """A descriptor, as ``os.open`` gives it."""
    with _folder(path.parent) as step:
        return os.open(_name(path), flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=step)


def write_new(path: Path, data: bytes, mode: int) -> None:
    """A file that is not there yet, on the disk when this returns."""
    with open(open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: Path, mode: int) -> None:
    """Nothing happens where there is one. A link in its place is refused when it is used."""
    with _folder(path.parent) as step, suppress(FileExistsError):
        os.mkdir(_name(path), mode, dir_fd=step)


def rename(old: Path, new: Path) -> None:
    """Over a file that is called ``new``."""
    with _folder(old.parent) as source, _folder(new.parent) as target:
        os.rename(_name(old), _name(new), src_dir_fd=source, dst_dir_fd=target)


def link_whole(old: Path, new: Path) -> None:
    """The same file by a second name. Raises FileExistsError where ``new`` is there."""
    with _folder(old.parent) as source, _folder(new.parent) as target:
        os.link(_name(old), _name(new), src_dir_fd=source, dst_dir_fd=target, follow_symlinks=False)


def leads(path: Path) -> str:
    """Where a link leads, as it is written in it."""
    with _folder(path.parent) as step:
        return os.readlink(_name(path), dir_fd=step)


def remove(path: Path) -> None:
    """Nothing happens where there is none."""
    with _folder(path.parent) as step, suppress(FileNotFoundError):
        os.unlink(_name(path), dir_fd=step)


@contextmanager
def removed_on_failure(path: Path) -> Iterator[None]:
    """No half of a file stays behind where the disk is full or refuses the rest."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            remove(path)
        raise


@contextmanager
def _folder(place: Path) -> Iterator[int]:
    """A descriptor of the folder, reached from the top step by step. Raises OSError at a link."""
    if not place.is_absolute() or not all(is_name(part) for part in place.parts[1:]):
        raise Outside
    reached = os.open(place.anchor, STEP)
    try:
        for part in place.parts[1:]:
            before, reached = reached, os.open(part, STEP, dir_fd=reached)
            os.close(before)
        yield reached
    finally:
        os.close(reached)


def _name(path: Path) -> str:
    if not is_name(path.name):
        raise Outside
    return path.name


def _encodable(text: str) -> bool:
    """Can it be a file's name or path at all?"""
    return bool(text) and "\0" not in text and _length(text) > 0


def _length(text: str) -> int:
    try:
        return len(os.fsencode(text))
    except UnicodeEncodeError:
        return 0


def _kind(entry: "os.DirEntry[str]") -> int:
    if entry.is_symlink():
        return stat.S_IFLNK
    if entry.is_dir(follow_symlinks=False):
        return stat.S_IFDIR
    return stat.S_IFREG if entry.is_file(follow_symlinks=False) else 0
