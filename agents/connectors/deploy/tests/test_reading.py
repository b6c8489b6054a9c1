"""What is read of a real repository: versions, checks, differences; and nothing in it is run."""

import os
from pathlib import Path

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.deploy.connector import Deploy
from agents.connectors.deploy.releases.history import readable
from agents.connectors.deploy.tests.repositories import Shop, needs_git

pytestmark = needs_git


def test_versions_are_listed_with_who_made_them_and_their_checks(shop: Shop):
    shop.repository.check("v2", "tests: red 3 failed\nscan: green")
    versions = {one["version"]: one for one in shop.do("versions")["versions"]}
    assert {"v1", "v2", "v3", "main"} == set(versions)
    assert versions["v2"]["commit"] == shop.repository.commits["v2"]
    assert (versions["v2"]["by"], versions["v2"]["title"]) == ("Emi Tanaka", "Show two")
    assert {"check": "tests", "state": "red", "note": "3 failed"} in versions["v2"]["checks"]
    assert [one["state"] for one in versions["v1"]["checks"]] == ["green"]


def test_a_difference_marks_migrations_and_configuration(shop: Shop):
    shop.deploy("v1")
    told = shop.do("diff", environment="staging", version="v3")
    assert told["replaces"] == shop.repository.commits["v1"]
    assert [one["title"] for one in told["commits"]] == ["Show three", "Show two"]
    assert told["migrations"] == ["shop/migrations/0002.py"]
    assert told["configuration"] == ["settings.toml"]
    assert (told["taken_back"], told["against"]) == ([], "")
    assert told["files"][0] != "changed: index.html"  # what people look for comes first


def test_a_difference_says_why_it_would_be_refused(shop: Shop):
    shop.repository.check("v2", "tests: red")
    assert (
        shop.do("diff", environment="staging", version="v2")["against"] == "Its checks are not green: tests."
    )
    shop.settings["freezes"] = "2000-01-01 to 2999-01-01 staging: Holidays"
    told = shop.do("diff", environment="staging", version="v1")["against"]
    assert told == "Deployments to staging are frozen until the end of 2999-01-01 (Holidays)."


def test_what_is_not_there_is_refused_in_words(shop: Shop):
    for arguments, words in (
        ({"environment": "moon", "version": "v1"}, "No environment “moon” is here. There are: staging, prod"),
        ({"environment": "staging", "version": "v9"}, "No version “v9” is in the repository"),
        ({"environment": "staging", "version": "--upload-pack=sh"}, "No version “--upload-pack=sh”"),
        ({"environment": "staging", "version": "v1:index.html"}, "No version “v1:index.html”"),
    ):
        with pytest.raises(ConnectorError, match=words):
            shop.do("diff", **arguments)


@pytest.mark.parametrize(
    "name", ["-f", "a..b", "a//b", "a/", "/a", "a b", "a\nb", "@{-1}", "a" * 101, "", "ü"]
)
def test_names_that_git_could_take_for_something_else_name_nothing(name: str):
    assert not readable(name)


def test_a_name_of_a_branch_and_a_tag_that_differ_names_nothing(shop: Shop):
    shop.repository.git("branch", "v1", "v3")
    with pytest.raises(ConnectorError, match="several are called so"):
        shop.do("diff", environment="staging", version="v1")


def test_nothing_of_a_repository_is_run(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Hooks, filters, a monitor, an editor, a pager: each would leave a trace."""
    trace = tmp_path / "trace"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $* >> {trace}\ncat\n")
    program.chmod(0o755)
    repository = shop.repository
    hooks = repository.folder / ".git" / "hooks"
    for name in (
        "post-checkout",
        "pre-receive",
        "post-upload-pack",
        "reference-transaction",
        "fsmonitor-watchman",
    ):
        (hooks / name).write_text(program.read_text())
        (hooks / name).chmod(0o755)
    repository.commit(
        "v4", {".gitattributes": "* filter=evil diff=evil export-subst\n", "index.html": "Four"}
    )
    home = tmp_path / "home"
    home.mkdir()
    config = (
        f"[core]\nfsmonitor = {program}\npager = {program}\nsshCommand = {program}\n"
        f'[filter "evil"]\nsmudge = {program}\nclean = {program}\nrequired = true\n'
        f'[diff "evil"]\ntextconv = {program}\ncommand = {program}\n'
        f"[uploadpack]\npackObjectsHook = {program}\n"
        f"[alias]\nfetch = !{program}\nlog = !{program}\n"
    )
    (home / ".gitconfig").write_text(config)
    with (repository.folder / ".git" / "config").open("a") as file:
        file.write(config)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    trace.unlink(missing_ok=True)  # from the commit: there the repository's owner runs them
    shop.do("versions")
    shop.do("diff", environment="staging", version="v4")
    assert shop.deploy("v4").state == "succeeded"
    assert shop.file("index.html") == "Four"
    assert not trace.exists()


def test_a_look_says_how_much_is_there_and_leaves_nothing(shop: Shop):
    before = sorted(shop.root.rglob("*"))
    assert Deploy().check(shop.connection).note == "1 service, 4 versions"
    assert sorted(shop.root.rglob("*")) == before


def test_a_repository_elsewhere_is_not_read(shop: Shop, tmp_path: Path):
    shop.settings["services"] = f"shop = {tmp_path / 'elsewhere'}"
    with pytest.raises(ConnectorError, match="not in a folder that the portal may read"):
        shop.do("versions")
    os.symlink(shop.repository.folder, shop.root / "link")
    shop.settings["services"] = f"shop = {shop.root / 'link'}"
    with pytest.raises(ConnectorError, match="not in a folder that the portal may read"):
        shop.do("versions")
