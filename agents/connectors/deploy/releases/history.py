"""Reads a repository: its versions, what lies between two commits, what machines said about one.

Everything comes from a mirror of our own, which is brought up to date before it is read.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agents.connectors import confined
from agents.connectors.deploy.releases.git import GitError, commit_of, git, lines
from agents.connectors.deployments import Changed, Check, CheckState, Commit, Diff, Version

MOST_VERSIONS, MOST_COMMITS, MOST_FILES, MOST_CHECKS = 200, 100, 500, 50
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+@-]{0,99}")
NOTES = "refs/notes/checks"  # where whoever tests commits says how it went: “tests: green”
SAID = {
    **dict.fromkeys(("green", "success", "passed", "ok"), CheckState.GREEN),
    **dict.fromkeys(("pending", "running", "queued"), CheckState.PENDING),
}
FIELDS = "%H%x1f%cI%x1f%an%x1f%s"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the repository is: a folder, or an address with what git needs to reach it."""

    place: str
    protocol: str
    extra: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Mirror:
    """Our own bare copy, in ``folder``. Nothing is ever checked out there, and nothing in it is run."""

    folder: Path

    def refresh(self, source: Source) -> None:
        """Bring it up to date: branches, tags, and what machines said. Raises GitError."""
        with _alone(self.folder):
            if not (self.folder / "HEAD").exists():
                git(None, "init", "--quiet", "--bare", "--template=", str(self.folder))
            git(
                self.folder,
                "fetch",
                "--quiet",
                "--force",
                "--prune",
                "--no-tags",
                "--no-recurse-submodules",
                "--no-write-fetch-head",
                "--end-of-options",
                source.place,
                *(f"+{refs}*:{refs}*" for refs in ("refs/heads/", "refs/tags/", "refs/notes/")),
                protocol=source.protocol,
                extra=source.extra,
                seconds=300.0,
            )

    def versions(self) -> list[Version]:
        """Tags and branches, the newest commit first. A name that both have names nothing."""
        if not (self.folder / "HEAD").exists():
            return []
        listed = git(
            self.folder,
            "for-each-ref",
            "--sort=-creatordate",
            "--format=%(refname)%1f%(objecttype)%1f%(objectname)%1f%(*objecttype)%1f%(*objectname)",
            "refs/tags",
            "refs/heads",
        )
        named: dict[str, set[str]] = {}
        for line in lines(listed, "\n"):
            ref, kind, commit, inner, peeled = line.split("\x1f")
            name = ref.split("/", 2)[2]
            found = commit if kind == "commit" else peeled if inner == "commit" else ""
            if readable(name):
                named.setdefault(name, set()).add(found)
        sure = {name: next(iter(one)) for name, one in named.items() if len(one) == 1 and one != {""}}
        newest = dict(list(sure.items())[:MOST_VERSIONS])
        known = {commit.id: commit for commit in self._commits(sorted(set(newest.values())))}
        return [
            Version(name, commit, known[commit].by, known[commit].at, known[commit].title)
            for name, commit in newest.items()
            if commit in known
        ]

    def version(self, name: str) -> Version | None:
        """The one of this name, exactly."""
        return next((one for one in self.versions() if one.name == name), None)

    def commit(self, commit: str) -> Commit | None:
        """Of a commit that is there."""
        try:
            return next(iter(self._commits([commit_of(commit)])), None)
        except GitError:
            return None

    def _commits(self, commits: Sequence[str]) -> list[Commit]:
        if not commits:
            return []
        said = git(
            self.folder,
            *("log", "-z", "--no-walk=unsorted", "--no-show-signature", f"--format={FIELDS}", "--stdin"),
            given="\n".join(commits).encode(),
        )
        return list(_read(said))

    def diff(self, runs: str, new: str) -> Diff:
        """What changes when ``new`` takes the place of ``runs``; where nothing runs, what is in it. Raises GitError."""
        new = commit_of(new)
        if not runs:
            return Diff(self._between(new)[:MOST_COMMITS], files=())
        runs = commit_of(runs)
        come, back = self._between(f"{runs}..{new}"), self._between(f"{new}..{runs}")
        files = list(self._files(runs, new))
        more = sum(max(0, len(one) - most) for one, most in ((come, MOST_COMMITS), (back, MOST_COMMITS)))
        return Diff(
            come[:MOST_COMMITS],
            back[:MOST_COMMITS],
            tuple(files[:MOST_FILES]),
            more + max(0, len(files) - MOST_FILES),
        )

    def _between(self, span: str) -> tuple[Commit, ...]:
        said = git(
            self.folder,
            *(
                "log",
                "-z",
                "--no-show-signature",
                f"--max-count={MOST_COMMITS * 10}",
                f"--format={FIELDS}",
                span,
                "--",
            ),
        )
        return tuple(_read(said))

    def _files(self, runs: str, new: str) -> Iterator[Changed]:
        """Settings and migrations first: they are what people look for in a long list."""
        said = git(
            self.folder,
            *(
                "diff-tree",
                "-r",
                "-z",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--name-status",
                runs,
                new,
                "--",
            ),
        )
        how = {"A": "added", "D": "removed"}
        marks = lines(said)
        changed = [
            Changed(_plain(path), how.get(sign, "changed"))
            for sign, path in zip(marks[::2], marks[1::2], strict=False)
        ]
        diff = Diff(files=tuple(changed))
        first = set(diff.migrations) | set(diff.configuration)
        yield from sorted(changed, key=lambda one: (one not in first, one.path))

    def checks(self, commit: str) -> tuple[Check, ...]:
        """What machines said about it, in a git note: a line for each check, ``tests: green``."""
        try:
            said = git(self.folder, "notes", f"--ref={NOTES}", "show", commit_of(commit), most=65_536)
        except GitError:
            return ()
        found = {}
        for line in lines(said, "\n"):
            name, colon, state = line.partition(":")
            if colon and name.strip():
                word, _, note = state.strip().partition(" ")
                name = _plain(name)[:80]
                found[name] = Check(name, SAID.get(word.lower(), CheckState.RED), _plain(note)[:200])
        return tuple(list(found.values())[:MOST_CHECKS])

    def file(self, commit: str, path: str, most: int = 100_000) -> bytes | None:
        """A file as it is in a commit; None where there is none. ``path`` is ours."""
        listed = git(self.folder, "ls-tree", "-z", commit_of(commit), "--", path)
        for entry in lines(listed):
            head, _, name = entry.partition("\t")
            mode, kind, blob = head.split(" ")
            if name == path and kind == "blob" and mode in ("100644", "100755"):
                return git(self.folder, "cat-file", "blob", commit_of(blob), most=most)
        return None


def readable(name: str) -> bool:
    """May a version be called so? Nothing that git or a shell could take for something else."""
    return bool(NAME.fullmatch(name)) and ".." not in name and "//" not in name and not name.endswith("/")


def reaches(source: Source) -> int:
    """How many versions are there, without taking anything. Raises GitError."""
    said = git(
        None,
        *("ls-remote", "--quiet", "--refs", "--heads", "--tags", "--end-of-options", source.place),
        protocol=source.protocol,
        extra=source.extra,
    )
    return len(lines(said, "\n"))


def _read(said: bytes) -> Iterator[Commit]:
    for line in lines(said):
        parts = line.strip("\n").split("\x1f", 3)
        if len(parts) == 4:
            commit, at, by, title = parts
            yield Commit(commit, _plain(title)[:200], _plain(by)[:80], _time(at))


def _time(text: str) -> datetime:
    """Whoever makes a commit says when it was: what is no time was at the beginning of all."""
    try:
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return datetime(1970, 1, 1, tzinfo=UTC)


def _plain(text: str) -> str:
    return CONTROL.sub(" ", text).strip()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One fetch at a time; the lock lies beside the mirror."""
    confined.make_folder(folder.parent, 0o777)  # less what the umask takes
    handle = confined.open_file(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
