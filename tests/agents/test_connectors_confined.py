"""Every connector stays inside its folder, whatever a text argument holds and whatever a link leads to."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.connectors import connectors
from agents.connectors.base import CallContext, Connector, ConnectorError
from agents.connectors.results import Awaited
from agents.policy.declarations import Type
from tests.agents import playgrounds
from tests.agents.disk_watch import watched
from tests.agents.playgrounds import Playground

pytestmark = pytest.mark.django_db
SECRET = "nobody may read this"
MOMENTS = 4  # at which a folder becomes a link, spread over a call
KIND = pytest.mark.parametrize("kind", playgrounds.kinds())
ODD = (
    *(
        "",
        ".",
        "..",
        "../other",
        "../../other",
        "other/../../other",
        "/",
        "/etc/passwd",
        "//etc/passwd",
        "~",
        "~root",
    ),
    *(
        "link-out",
        ".link-out",
        "link-out/secret",
        "link-file",
        "link-file:2,",
        "./x",
        "x/",
        "x/../../other/secret",
    ),
    *("a\0b", "\0", "a\nb", "a\r\nb: c", "\t"),
    *(" ", " x ", "x.", "x...", ".x", "-rf", "--help", "$HOME", "`id`", "*"),
    *("\ud800", "a\udcffb", "x" * 256, "x" * 5_000, "é" * 128, "../" * 2_000, "..\\other", "%2e%2e%2fother"),
    *(
        "..∕other",
        "..／other",
        "․․/other",
        "..\u2044other",
        "\u202e..",
        "\u0000../other",
        "file:///etc/passwd",
        "COM1",
    ),
)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """``mine`` is the connection's; beside it lies what it must not reach."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret").write_text(f"Subject: {SECRET}\n\n{SECRET}\n")
    (tmp_path / "mine").mkdir()
    return tmp_path


def playground(kind: str, world: Path, settings: Any, *, links: bool = True) -> Playground:
    """Made anew, with links out in each of its folders."""
    shutil.rmtree(world / "mine")
    (world / "mine").mkdir()
    found = playgrounds.made(kind, world / "mine", settings)
    for place in [found.root, *found.root.rglob("*")] if found.root and links else []:
        if place.is_dir() and not place.is_symlink():
            for name in ("link-out", ".link-out"):
                (place / name).symlink_to(world / "other")
            for name in ("link-file", "link-file:2,"):
                (place / name).symlink_to(world / "other" / "secret")
    with found.apart():
        pass  # what it has to ask for is asked before anything is watched
    return found


def tries(connector: Connector, place: Playground) -> Iterator[CallContext]:
    """Each text argument of each capability with each odd value, all else as it works."""
    for capability in connector.capabilities:
        for argument in capability.parameters:
            if argument.type in (Type.TEXT, Type.TEXTS):
                for value in ODD:
                    yield place.call(
                        capability.name, **{argument.name: [value] if argument.type is Type.TEXTS else value}
                    )


def outcome(connector: Connector, place: Playground, call: CallContext, *steps: str) -> str:
    """All that came back. Anything but a result or the connector's refusal breaks the test."""
    said = []
    for step in steps or ("perform", "reconcile", "observe"):
        try:
            with place.apart():
                said.append(getattr(connector, step)(place.connection, call))
        except ConnectorError as error:
            said.append(error)
    return json.dumps([getattr(one, "data", None) for one in said]) + repr(said)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    paths = folder.rglob("*")
    return {str(path): (path.read_bytes() if path.is_file() else b"", path.lstat().st_mode) for path in paths}


@KIND
def test_every_capability_works_in_the_playground(kind: str, world: Path, settings: Any) -> None:
    """Else the tests below would only see refusals."""
    connector, place = connectors()[kind], playground(kind, world, settings)
    assert set(place.arguments) == {capability.name for capability in connector.capabilities}
    for capability in connector.capabilities:
        assert set(place.arguments[capability.name]) == {argument.name for argument in capability.parameters}
        place = playground(kind, world, settings) if place.root else place
        with place.apart():
            done = connector.perform(place.connection, place.call(capability.name))
        assert done.says if isinstance(done, Awaited) else done.summary


@KIND
def test_no_text_leads_out(kind: str, world: Path, settings: Any) -> None:
    connector, place = connectors()[kind], playground(kind, world, settings)
    before = tree(world / "other")
    mine = (place.root,) if place.root else ()
    for call in tries(connector, place):
        with watched(*mine) as outside:
            said = outcome(connector, place, call)
        assert not outside, (call.capability, call.arguments)
        assert SECRET not in said, (call.capability, call.arguments)
    for number in ODD:
        with watched(*mine) as outside, contextlib.suppress(ConnectorError):
            assert connector.verified(place.connection, number) is None
        assert not outside, number
    assert tree(world / "other") == before


@KIND
def test_no_link_leads_out_whenever_it_is_made(kind: str, world: Path, settings: Any) -> None:
    """While a call is made, one of the connection's folders becomes a link to a folder like it."""
    connector, place = connectors()[kind], playground(kind, world, settings, links=False)
    if place.root is None:
        return  # it keeps nothing on disk
    shutil.copytree(place.root, world / "other" / "twin", symlinks=True)
    for path in (world / "other" / "twin").rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.write_text(f"Subject: {SECRET}\n\n{SECRET}\n")
    folders = [
        place.root,
        *(path for path in place.root.rglob("*") if path.is_dir() and not path.is_symlink()),
    ]
    before = tree(world / "other")
    for capability in connector.capabilities:
        touches = swapped(connector, capability.name, place.root, -1, kind, world, settings)
        looked = place.folders[capability.name] if place.folders else folders
        for number, folder in enumerate(looked):
            for moment in range(number % 3, touches, max(1, touches // MOMENTS)):
                swapped(connector, capability.name, folder, moment, kind, world, settings)
        assert tree(world / "other") == before


def swapped(
    connector: Connector, capability: str, folder: Path, moment: int, kind: str, world: Path, settings: Any
) -> int:
    """One call, with the link made ahead of its touch number ``moment``. How often it touched the disk."""
    place, aside, touches = playground(kind, world, settings, links=False), world / "aside", 0
    assert place.root

    def swap() -> None:
        nonlocal touches
        if touches == moment:
            os.rename(folder, aside)
            folder.symlink_to(world / "other" / "twin" / folder.relative_to(place.root or folder))
        touches += 1

    with watched(place.root, aside, before=swap) as outside:
        said = outcome(connector, place, place.call(capability), "perform")
    assert not outside, (capability, folder, moment)
    assert SECRET not in said, (capability, folder, moment)
    shutil.rmtree(aside, ignore_errors=True)
    return touches
