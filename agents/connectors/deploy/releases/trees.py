"""Lays out a commit's files in a folder, written by us and not by git: no hook, filter or attribute has a say.

Refused: submodules, links that lead out of the folder, names that no file can have, more than a release may hold.
"""

import contextlib
import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.connectors.deploy.releases.git import GitError, commit_of, environment, git, there

MOST_FILES, MOST_BYTES, LONGEST_LINK = 100_000, 2_000_000_000, 4_096
FILE, PROGRAM, LINK, MODULE = b"100644", b"100755", b"120000", b"160000"


class Refused(Exception):
    """The commit holds something that is not laid out; in words for people."""


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: bytes
    blob: str
    size: int
    path: bytes


def lay_out(mirror: Path, commit: str, folder: Path, still: Callable[[], None] = lambda: None) -> None:
    """All files of the commit in ``folder``, which is new. ``still`` raises where it is to stop. Raises Refused."""
    entries = list(_entries(mirror, commit))
    root = os.fsencode(folder)
    os.makedirs(root, mode=0o755)
    links = []
    with _contents(mirror) as content:
        for entry in entries:
            still()
            data = content(entry)
            place = os.path.join(root, entry.path)
            os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
            if entry.mode == LINK:
                links.append((place, data))
                continue
            try:
                _write(place, data, 0o755 if entry.mode == PROGRAM else 0o644)
            except FileExistsError as error:
                raise Refused(f"It holds two files of one name: {_shown(entry.path)}.") from error
    _link(root, links)


def _entries(mirror: Path, commit: str) -> Iterator[_Entry]:
    size = number = 0
    listed = git(mirror, "ls-tree", "-r", "-z", "-l", "--full-tree", commit_of(commit), most=64_000_000)
    for line in listed.split(b"\0"):
        if not line:
            continue
        head, _, path = line.partition(b"\t")
        mode, _, blob, told = head.split()
        if mode == MODULE:
            raise Refused(f"It holds a submodule, which is not laid out: {_shown(path)}.")
        if mode not in (FILE, PROGRAM, LINK) or not _is_path(path):
            raise Refused(f"It holds a file that cannot be laid out: {_shown(path)}.")
        number, size = number + 1, size + int(told)
        if number > MOST_FILES or size > MOST_BYTES:
            raise Refused(f"It holds more than {MOST_FILES:,} files or {MOST_BYTES // 10**9} GB.")
        if mode == LINK and int(told) > LONGEST_LINK:
            raise Refused(f"It holds a link that is too long: {_shown(path)}.")
        yield _Entry(mode, blob.decode(), int(told), path)


def _is_path(path: bytes) -> bool:
    parts = path.split(b"/")
    return all(
        part not in (b"", b".", b"..") and part.lower() != b".git" and len(part) <= 255 for part in parts
    )


@contextlib.contextmanager
def _contents(mirror: Path) -> Iterator[Callable[[_Entry], bytes]]:
    """One process of git that gives the content of each file by its number."""
    process = subprocess.Popen(
        [there(), f"--git-dir={mirror}", "cat-file", "--batch"],
        cwd=mirror,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    given, said = process.stdin, process.stdout

    def content(entry: _Entry) -> bytes:
        given.write(f"{commit_of(entry.blob)}\n".encode())
        given.flush()
        head = said.readline().split()
        if len(head) != 3 or head[1] != b"blob" or int(head[2]) != entry.size:
            raise GitError("A file of the commit is not in the repository.")
        data = said.read(entry.size)
        if said.read(1) != b"\n" or len(data) != entry.size:
            raise GitError("A file of the commit is not in the repository.")
        return data

    try:
        yield content
    finally:
        process.kill()
        given.close()
        said.close()
        process.wait()


def _write(place: bytes, data: bytes, mode: int) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with open(handle, "wb") as file:
        file.write(data)


def _link(root: bytes, links: list[tuple[bytes, bytes]]) -> None:
    """Links come last, so that nothing was written through one; then each is followed to its end."""
    inside = os.path.realpath(root) + b"/"
    for place, target in links:
        if target.startswith(b"/") or b"\0" in target or not target:
            raise Refused(f"It holds a link that leads out of it: {_shown(place[len(root) + 1 :])}.")
        try:
            os.symlink(target, place)
        except FileExistsError as error:
            raise Refused(f"It holds two files of one name: {_shown(place[len(root) + 1 :])}.") from error
    for place, _ in links:
        if not (os.path.realpath(place) + b"/").startswith(inside):
            raise Refused(f"It holds a link that leads out of it: {_shown(place[len(root) + 1 :])}.")


def _shown(path: bytes) -> str:
    return f"“{path.decode(errors='replace')[:80]}”"


def digest(folder: Path) -> str:
    """What the folder holds, as one number: names, kinds, modes, contents, and where links lead."""
    found = hashlib.sha256()
    root = os.fsencode(folder)
    for place, folders, files in os.walk(root):
        folders.sort()
        for name in sorted([*files, *(one for one in folders if os.path.islink(os.path.join(place, one)))]):
            path = os.path.join(place, name)
            status = os.lstat(path)
            content = hashlib.sha256()
            if stat.S_ISLNK(status.st_mode):
                content.update(os.readlink(path))
            elif stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    while part := file.read(1_000_000):
                        content.update(part)
            line = [path[len(root) :].hex(), oct(status.st_mode), content.hexdigest()]
            found.update(" ".join(line).encode() + b"\n")
    return found.hexdigest()


def copy(old: Path, new: Path) -> None:
    """The same files once more; links stay links."""
    shutil.copytree(old, new, symlinks=True)


def remove(folder: Path) -> None:
    """Also where a part of it is gone already. Follows no link."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        _opened(folder)
        shutil.rmtree(folder)


def _opened(folder: Path) -> None:
    """A build may leave folders that nobody may change; they are the portal's to remove."""
    for place, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
