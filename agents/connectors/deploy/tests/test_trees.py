"""What a commit may hold: links that lead out, submodules and names that nobody can mean are not laid out."""

import os
import stat
from pathlib import Path

import pytest

from agents.connectors.deploy.releases import trees
from agents.connectors.deploy.releases.history import Mirror, Source
from agents.connectors.deploy.releases.trees import Refused
from agents.connectors.deploy.tests.repositories import Repository, needs_git

pytestmark = needs_git


def tree(repository: Repository, *entries: tuple[str, str, str]) -> str:
    """A commit of entries as git itself would not make them: mode, path, content."""
    listed = []
    for mode, path, content in entries:
        kind = "commit" if mode == "160000" else "tree" if mode == "40000" else "blob"
        number = content if kind != "blob" else repository.git("hash-object", "-w", "--stdin", given=content)
        listed.append(f"{mode} {kind} {number}\t{path}")
    made = repository.git("mktree", "--missing", given="\n".join(listed) + "\n")
    return repository.git("commit-tree", made, "-m", "Made by hand")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.new(tmp_path / "repository")
    made.commit("v1", {"a": "1"})
    return made


def laid_out(repository: Repository, commit: str, folder: Path) -> Path:
    mirror = Mirror(folder / "mirror.git")
    repository.git("branch", "--force", "made", commit)
    mirror.refresh(Source(str(repository.folder), "file"))
    trees.lay_out(mirror.folder, commit, folder / "release")
    return folder / "release"


def test_files_programs_and_links_are_as_they_were(repository: Repository, tmp_path: Path):
    file = repository.git("hash-object", "-w", "--stdin", given="x")
    inner = repository.git("mktree", given=f"100644 blob {file}\tb\n")
    entries = [("100644", "file", "text"), ("100755", "run", "#!"), ("120000", "link", "dir/b")]
    commit = tree(repository, *entries, ("40000", "dir", inner))
    place = laid_out(repository, commit, tmp_path)
    assert (place / "file").read_text() == "text"
    assert (place / "link").read_text() == "x"
    assert stat.S_IMODE(os.stat(place / "run").st_mode) & 0o111
    assert not stat.S_IMODE(os.stat(place / "file").st_mode) & 0o111


@pytest.mark.parametrize("target", ["/etc/passwd", "../up", "..", "dir/../../up", "over/.."])
def test_a_link_that_leads_out_is_refused(repository: Repository, tmp_path: Path, target: str):
    commit = tree(repository, ("120000", "link", target), ("120000", "over", "."))
    with pytest.raises(Refused, match="leads out of it: “link”"):
        laid_out(repository, commit, tmp_path)


def test_links_through_links_are_followed_to_their_end(repository: Repository, tmp_path: Path):
    """“dir/up” is the top, and “dir/up/..” is above it, though both look as if they were inside."""
    inner = repository.git(
        "mktree", given=f"120000 blob {repository.git('hash-object', '-w', '--stdin', given='..')}\tup\n"
    )
    commit = tree(repository, ("40000", "dir", inner), ("120000", "out", "dir/up/.."))
    with pytest.raises(Refused, match="leads out of it: “out”"):
        laid_out(repository, commit, tmp_path)


def test_a_submodule_is_refused(repository: Repository, tmp_path: Path):
    commit = tree(repository, ("160000", "module", repository.commits["v1"]))
    with pytest.raises(Refused, match="a submodule, which is not laid out: “module”"):
        laid_out(repository, commit, tmp_path)


@pytest.mark.parametrize("name", [b".", b"..", b".git", b".GIT", b"", b"a/../b", b"a//b", b"x" * 256])
def test_a_name_that_nobody_can_mean_is_none(name: bytes):
    assert not trees._is_path(name)


def test_the_number_of_a_folder_changes_with_anything_in_it(tmp_path: Path):
    numbers = set()
    place = tmp_path / "release"
    place.mkdir()

    def look() -> None:
        numbers.add(trees.digest(place))

    look()
    for change in (
        lambda: (place / "a").write_text("1"),
        lambda: (place / "a").write_text("2"),
        lambda: (place / "a").chmod(0o755),
        lambda: (place / "a").rename(place / "b"),
        lambda: (place / "l").symlink_to("b"),
        lambda: [(place / "l").unlink(), (place / "l").symlink_to("c")],
    ):
        change()
        look()
    assert len(numbers) == 7
