"""The main way through the portal, in a real browser against everything that ``manage.py up`` runs."""

import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import embedded
from tests import own_mailbox
from tests.browser import Visitor, browsing, chromium
from tests.portal.machine import Up

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sample() -> Iterator[tuple[str, dict[str, str]]]:
    """The running sample company: its address, and password by e-mail."""
    chromium()
    home = Path(tempfile.mkdtemp(prefix="portal-browser-"))
    own_mailbox.filled(home / "mailboxes" / "mia.park@example.com")
    running = Up(home)
    try:
        running.until("Agent Portal runs at", 120)
        people = json.loads((home / "sample.json").read_text())
        yield f"http://127.0.0.1:{running.port}", {email: password for _, email, _, password in people}
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)
        embedded.Server(home).postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


def test_connect_a_mailbox_test_it_and_read_why_a_label_was_set(sample):
    address, passwords = sample
    with browsing() as browser:
        mia = Visitor(browser, address)
        mia.sign_in("mia.park@example.com", passwords["mia.park@example.com"])
        own_mailbox.connected(mia)
        own_mailbox.triaged(mia, own_mailbox.agent_with_access(mia))
        assert mia.wrong == []


def test_register_grant_queue_answer_and_see_the_usage(sample):
    address, passwords = sample
    with browsing() as browser:
        mia, ada = Visitor(browser, address), Visitor(browser, address)
        mia.sign_in("mia.park@example.com", passwords["mia.park@example.com"])
        ada.sign_in("ada.osei@example.com", passwords["ada.osei@example.com"])

        # Mia registers an agent: shadow mode, no right at all.
        mia.page.goto("/agents/new/")
        mia.page.get_by_label("Name", exact=True).fill("Evening round")
        mia.page.get_by_label("Purpose").fill("Looks at the mailbox once more before we go home")
        mia.press("Register this agent")
        mia.page.wait_for_url("**/agents/*/")
        assert mia.heading() == "Evening round"
        agent = mia.page.url

        # She asks for reading mail and for posting in the chat.
        for connection, capabilities in {
            "Support mailbox": ["See sender, date and subject", "Read messages", "Label messages"],
            "Portal chat": ["Post in the portal"],
        }.items():
            own_mailbox.ask_for(
                mia, agent, connection, capabilities, why="So that nothing is left over night"
            )
            request = mia.page.url
            assert not mia.page.get_by_role("button", name="Grant th").count(), "nobody decides their own"

            # Ada, who grants on both connections, decides.
            ada.page.goto(request)
            ada.page.get_by_role("button", name="Grant th").click()
            ada.page.wait_for_url(f"{address}/grants/")

        # Managing it is not enough: Mia sends Ada, who granted, to the page where that is decided. Live, and queued.
        mia.page.goto(agent)
        mia.sees("Read messages")
        mia.follow("Let it act for real")
        mia.sees("Who else decides")
        mia.press("Copy")
        mia.sees("Copied")
        ada.page.goto(mia.page.get_by_label("Send them this link").input_value())
        ada.press("Let it act for real")
        ada.sees("acts for real")
        mia.page.goto(agent)
        mia.follow("Queue a task")
        mia.page.get_by_label("What should it do?").fill(
            "Sort the inbox, then post what you found in the chat to Support."
        )
        # What the words need is ticked before anything is queued; it can use nothing else.
        for name in ("Label messages", "Post in the portal"):
            mia.page.get_by_role("checkbox", name=name, checked=True).wait_for()
        mia.press("Queue this task")
        mia.page.wait_for_url("**/tasks/*/")

        # The page is live: the ask comes by itself. She allows this one call, and the task ends.
        mia.sees("Post in the chat to Support?", 60)
        mia.press("Allow this once")
        mia.sees("Run it again", 60)  # the task has ended
        mia.page.goto("/messages/")
        mia.sees("Evening round")

        # What the agent dreamt waits since the night: the trusted lines at once, the rest one by one.
        mia.page.goto("/memory/1/")
        mia.follow("3 proposed changes")
        mia.press("Accept 2 trusted lines")
        mia.sees("Accepted 2 lines")
        mia.press("Keep “Invoices are paid by Finn”")
        mia.sees("No dream waits for you")

        # The usage is on her page, and nobody else's.
        mia.page.goto("/usage/")
        mia.sees("Evening round")
        ada.page.goto("/usage/")
        assert not ada.page.get_by_text("Evening round").count()
        assert mia.wrong == []
        assert ada.wrong == []


PAGES = {
    "mia.park": ("/", "/agents/1/", "/tasks/", "/tasks/1/", "/asks/2/", "/nights/",
                 "/nights/morning/", "/grants/", "/connections/", "/memory/",
                 "/memory/1/", "/memory/1/dream/", "/usage/"),
    "ada.osei": ("/", "/people/", "/teams/", "/grants/requests/4/", "/connections/1/", "/stops/", "/reports/permits/"),
    "lea.brandt": ("/", "/reports/", "/reports/teams/1/", "/budgets/", "/budgets/new/"),
    "finn.moreau": ("/", "/reports/cost-centres/"),
    "aud.lindqvist": ("/", "/trail/", "/reports/looks/"),
}  # fmt: skip


@pytest.mark.parametrize("person", PAGES)
def test_pages_fit_a_phone_keep_the_policy_and_name_their_parts(sample, person):
    address, passwords = sample
    email = f"{person}@example.com"
    with browsing() as browser:
        for options in ({"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}, {}):
            visitor = Visitor(browser, address, **options)
            visitor.sign_in(email, passwords[email])
            for path in PAGES[person]:
                answer = visitor.page.goto(path)
                assert answer.status == 200, path
                assert visitor.page.locator("h1").count() == 1, path
                assert visitor.page.locator("main").count() == 1, path
                wide = visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert not wide, f"{path} is wider than the screen"
                unnamed = visitor.page.evaluate(
                    "[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]"
                    ".filter(e => !e.labels?.length && !e.ariaLabel).map(e => e.outerHTML)"
                )
                assert unnamed == [], path
            assert visitor.wrong == []


def test_forms_and_links_work_without_scripts(sample):
    address, passwords = sample
    with browsing() as browser:
        olga = Visitor(browser, address, java_script_enabled=False)
        olga.sign_in("olga.petrova@example.com", passwords["olga.petrova@example.com"])
        olga.page.goto("/agents/new/")
        olga.page.get_by_label("Name", exact=True).fill("Sales helper")
        olga.page.get_by_label("Purpose").fill("Nothing yet")
        olga.press("Register this agent")
        assert olga.heading() == "Sales helper"
        assert olga.page.goto("/agents/1/").status == 404
