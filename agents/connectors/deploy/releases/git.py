"""Runs git as a reader of repositories that nobody trusts: no hooks, no filters, no helpers, no submodules.

What a repository brings is data: names of versions are matched with the list of them and never given to git, which gets
commits as hexadecimal numbers alone. Standard library only, because the process that deploys uses it too.
"""

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

CONFIG = Path(__file__).with_name("gitconfig")
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
SECONDS = 60.0  # of one command
MOST = 8_000_000  # bytes that one command may say


class GitError(Exception):
    """What git could not do, in words for people."""


class GitSlow(GitError):
    """It took too long: the same may work in a moment."""


def there() -> str:
    """Where git is; empty where there is none."""
    return shutil.which("git", path=os.defpath + ":/usr/local/bin:/opt/homebrew/bin") or ""


def environment(protocol: str = "", extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """All that git gets to see. ``protocol``: the one by which it may fetch; empty: by none."""
    return {
        "PATH": os.defpath,
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": str(CONFIG),
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_ALLOW_PROTOCOL": protocol or "none",
        **(extra or {}),
    }


def git(
    mirror: Path | None,
    *arguments: str,
    given: bytes = b"",
    protocol: str = "",
    extra: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    most: int = MOST,
) -> bytes:
    """What the command says. Raises GitError in words, without what the repository said."""
    where = there()
    if not where:
        raise GitError("git is not installed on this machine. An admin of the machine can install it.")
    command = [where, *([f"--git-dir={mirror}"] if mirror else []), "--no-pager", *arguments]
    process = subprocess.Popen(
        command,
        cwd=mirror or os.sep,
        env=environment(protocol, extra),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said, trouble = _bounded(process, given, seconds, most)
    finally:
        _end(process)
    if process.returncode:
        raise GitError(_words(arguments[0], trouble.decode(errors="replace")))
    return said


def _bounded(
    process: "subprocess.Popen[bytes]", given: bytes, seconds: float, most: int
) -> tuple[bytes, bytes]:
    """Its output and its complaints, within time and size; it never waits for us to read."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    until, rest = time.monotonic() + seconds, memoryview(given)
    heard: dict[object, bytearray] = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as ready:
        for stream in (process.stdout, process.stderr):
            ready.register(stream, selectors.EVENT_READ)
        if rest:
            os.set_blocking(process.stdin.fileno(), False)
            ready.register(process.stdin, selectors.EVENT_WRITE)
        else:
            process.stdin.close()
        while ready.get_map():
            left = until - time.monotonic()
            if left <= 0:
                raise GitSlow("git took too long. Try again, or ask an admin to look at the repository.")
            for key, _ in ready.select(left):
                if key.fileobj is process.stdin:
                    rest = _write(process, rest)
                    if not rest:
                        ready.unregister(process.stdin)
                        process.stdin.close()
                    continue
                part = os.read(key.fd, 65_536)
                heard[key.fileobj] += part
                if not part:
                    ready.unregister(key.fileobj)
                elif len(heard[process.stdout]) > most:
                    raise GitError("The repository holds more there than the portal reads.")
                elif len(heard[process.stderr]) > 65_536:
                    del heard[process.stderr][:-4_096]
    process.wait(max(0.1, until - time.monotonic()))
    return bytes(heard[process.stdout]), bytes(heard[process.stderr])


def _write(process: "subprocess.Popen[bytes]", rest: memoryview) -> memoryview:
    assert process.stdin
    try:
        return rest[os.write(process.stdin.fileno(), rest[:65_536]) :]
    except BrokenPipeError:
        return rest[len(rest) :]


def _end(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream and not stream.closed:
            stream.close()
    if process.poll() is None:
        process.kill()
    process.wait()


TROUBLES = (
    ("does not appear to be a git repository", "That is no git repository."),
    ("not a git repository", "That is no git repository."),
    ("No such file or directory", "The repository is not there."),
    ("dubious ownership", "The repository belongs to somebody else on this machine."),
    ("Permission denied", "The portal may not read the repository."),
    ("Authentication failed", "The server refused the token. Enter another one."),
    ("could not read Username", "The server wants a token. Enter one on the connection’s page."),
    ("fsck error", "The repository holds objects that are broken, so nothing was taken from it."),
    ("error in object", "The repository holds objects that are broken, so nothing was taken from it."),
    ("No space left", "The disk is full."),
    ("bad object", "A commit is not in the repository any more."),
    ("unable to access", "The repository’s server cannot be reached."),
)


def _words(what: str, said: str) -> str:
    """What git complains of holds names that others chose: they are not passed on."""
    found = next((words for signs, words in TROUBLES if signs in said), "")
    return found or f"git {what} failed in the repository."


def commit_of(text: str) -> str:
    """The commit as git takes it. Raises GitError where it is none."""
    if not COMMIT.fullmatch(text):
        raise GitError("That is no commit: it is a number of 40 signs, as the list of versions gives it.")
    return text


def lines(said: bytes, ends: str = "\0") -> Sequence[str]:
    return [line for line in said.decode(errors="replace").split(ends) if line]
