"""Headless Chromium for tests: found on the machine, driven by Playwright, every page watched for broken rules."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from portal.management.commands import pictures
from portal.management.commands.pictures import ARGUMENTS


def chromium() -> str:
    """The browser's program. Skips the test when there is none, unless this run must have all real parts."""
    found = pictures.chromium()
    if not found:
        reason = (
            "no Chromium here: install it (apt-get install chromium) or name its program in PORTAL_CHROMIUM"
        )
        if os.environ.get("PORTAL_TESTS_NEED_ALL"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


CUT_OFF = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")


class Visitor:
    """One person's browser. ``wrong`` collects what the console complained about (a refused style, a script error)."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.address = address
        self.page = browser.new_context(base_url=address, **options).new_page()
        self.wrong: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def _heard(self, said: Any) -> None:
        """A page that is left while it asks for news cuts its question off, and htmx complains of that."""
        if said.type == "error" and not said.text.startswith(CUT_OFF):
            self.wrong.append(said.text)

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.press("Sign in")
        self.page.wait_for_url(f"{self.address}/")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=False).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=False).first.click()

    def sees(self, words: str, seconds: float = 10) -> None:
        self.page.get_by_text(words).first.wait_for(timeout=seconds * 1_000)

    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())


@contextmanager
def browsing() -> Iterator[Any]:
    """Chromium. Playwright's loop runs in this thread; the database is asked from it all the same."""
    from playwright.sync_api import sync_playwright

    program = chromium()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
            connections.close_all()  # those that Django made beside this loop, which nobody else would close
