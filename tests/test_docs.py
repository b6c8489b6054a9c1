"""README and docs are true: what they name exists, what they tell to type is understood."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.documents import (
    FOLDERS,
    LINK,
    ROOT,
    anchors,
    blocks,
    codes,
    commands,
    documents,
    missing_path,
    prose,
    resolves,
)

NAMES = sorted(documents())
PICTURES = ROOT / "portal" / "docs" / "pictures"
# What wording.md of the house hunts, as far as a machine can.
STILTED = (
    r"\b[Ww]hoever\b|\bbears\b|\bsay so\b|\bis told of\b|\bwould stand\b|\bstands here\b|\bof it stands\b"
)
HOSTS = ("https://portal.example.com", "https://genai.owasp.org/")
OUTSIDE = {"venv", "dojoguard", "dynreplay"}  # of Python itself; of the benches beside the project
SECTIONS = [
    *("Run it", "A tour of five minutes", "Twelve words", "How it works", "Deploy it"),
    *("Settings", "Test it", "Develop it", "What it does not do"),
]


def test_the_readme_is_short_and_has_its_sections():
    text = documents()["README.md"]
    assert len(text.splitlines()) <= 150
    assert re.findall(r"^## (.+)$", prose(text), re.M) == SECTIONS
    words = text.partition("## Twelve words")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\| [A-Z]", words, re.M)) - 1 == 12  # and the table's head


@pytest.mark.parametrize("section", ["Run it", "Test it"])
def test_each_of_the_two_commands_is_one_line_on_a_fresh_machine(section: str):
    """``.ci/run`` reads the second one from here."""
    _, body = blocks(documents()["README.md"].partition(f"## {section}")[2])[0]
    assert len(body.splitlines()) == 1
    assert body.startswith(
        "python3 -m venv .venv && .venv/bin/pip install --quiet --require-hashes -r requirements"
    )
    assert (ROOT / re.findall(r"-r (\S+)", body)[0]).exists()
    assert subprocess.run(["bash", "-n", "-c", body], capture_output=True).returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str):
    wrong = []
    for target in LINK.findall(prose(documents()[name])):
        if target.startswith("http"):
            wrong += [] if target.startswith(HOSTS) else [target]
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        inside = file.resolve().is_relative_to(ROOT)
        if not (inside and file.exists()) or (anchor and anchor not in anchors(file.read_text())):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_paths_and_names_of_code_are_there(name: str):
    wrong = []
    for code in codes(documents()[name]):
        for word in re.findall(r"[\w./:*{}-]+", code):
            if word.startswith(FOLDERS):
                wrong += [word] if missing_path(word.rstrip(".,")) else []
        if re.fullmatch(r"(portal|metering|agents|tests)(\.\w+)+(\(\))?", code):
            wrong += [code] if not resolves(code.removesuffix("()")) else []
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_commands_are_understood(name: str, monkeypatch: pytest.MonkeyPatch):
    known = get_commands()
    for command, *arguments in commands(documents()[name]):
        assert command in known, command
        parser = load_command_class(known[command], command).create_parser("manage.py", command)
        quiet = [word for word in arguments if not word.startswith("`")]
        if quiet:  # in a sentence a command may be named alone
            try:
                parser.parse_args(quiet)
            except (SystemExit, Exception) as error:
                pytest.fail(f"{name}: manage.py {command} {' '.join(quiet)}: {error}")


@pytest.mark.parametrize("name", NAMES)
def test_modules_to_run_are_there(name: str):
    for code in codes(documents()[name]):
        for module, rest in re.findall(r"python3? -m ([\w.]+)([^&|;`]*)", code):
            if module.split(".")[0] in OUTSIDE:
                continue
            assert resolves(module), module
            if module.startswith("tests."):
                source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
                unknown = [option for option in re.findall(r"--[\w-]+", rest) if f'"{option}"' not in source]
                assert unknown == [], (module, unknown)


@pytest.mark.parametrize("name", ["README.md", "portal/docs/operate.md"])
def test_buttons_and_pages_are_called_what_the_docs_call_them(name: str):
    """What the docs set in *italics* is read on a page: a template or the code has these words."""
    folders = [ROOT / folder for folder in ("templates", "agents", "metering", "portal")]
    sources = [
        path.read_text() for folder in folders for end in ("html", "py") for path in folder.rglob(f"*.{end}")
    ]
    shown = " ".join(" ".join(source.split()) for source in sources)
    named = re.findall(r"(?<![*\w])\*([A-Z][^*\n]+)\*(?!\*)", prose(documents()[name]))
    assert named
    assert [words for words in named if words.rstrip("…") not in shown] == []


def test_the_pictures_are_used_small_and_made_by_the_command():
    used = {
        ((ROOT / name).parent / target).resolve()
        for name, text in documents().items()
        for target in LINK.findall(text)
        if target.endswith((".webp", ".png", ".svg"))
    }
    made = set(PICTURES.iterdir())
    from portal.management.commands.pictures import PAGES

    assert {path.stem for path in made} == {name for name, _, _ in PAGES}
    assert used == made
    assert [path.name for path in made if path.stat().st_size > 100_000] == []
    assert all(path.read_bytes()[8:12] == b"WEBP" for path in made)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_plain_english_and_holds_nothing_of_one_machine(name: str):
    text = documents()[name]
    assert re.findall(STILTED, text) == []
    assert re.findall(r"/work/|/home/\w+|localhost:\d+|pypi\.org", text) == []


@pytest.mark.skipif(sys.platform != "linux", reason="bash of the project's machine")
def test_ci_takes_the_test_command_from_the_readme():
    script = (ROOT / ".ci" / "run").read_text()
    found = re.search(r"^command=\$\((.+)\)$", script, re.M)
    assert found
    run = subprocess.run(["bash", "-c", found[1]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("manage.py verify")
    assert Path(ROOT / "requirements-dev.lock").exists()
