"""The command that draws the pictures of the docs, on a sample company of its own."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.management.commands import pictures
from tests.browser import chromium


@pytest.mark.browser
def test_it_draws_every_picture_of_the_tour(tmp_path: Path):
    chromium()  # or skipped
    call_command("pictures", to=tmp_path / "new")
    drawn = {path.stem: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert set(drawn) == {name for name, _, _ in pictures.PAGES}
    for name, content in drawn.items():
        assert (content[:4], content[8:12]) == (b"RIFF", b"WEBP"), name
        assert 10_000 < len(content) < 100_000, name


def test_without_a_browser_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pictures, "chromium", lambda: "")
    with pytest.raises(CommandError, match="PORTAL_CHROMIUM"):
        call_command("pictures")
