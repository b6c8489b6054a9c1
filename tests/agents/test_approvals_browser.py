"""An ask in a real browser: read where it comes from, allow it once; who looked at an older page is told."""

import pytest

from agents.approvals.display import describe_ask
from agents.approvals.models import Approval
from agents.connections import actions as connections
from agents.lifecycle.grants import revoke_grant
from agents.permissions import ConnectionPermission
from tests.agents.asking import argument, asked, elsewhere, running, text, with_origins
from tests.browser import Visitor, browsing
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}
PLAIN = {"java_script_enabled": False}  # a page that does not look again by itself


def overflows(visitor: Visitor) -> bool:
    return bool(visitor.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def prepared(cast, *, second_person: bool = False) -> Approval:
    task, room = running(cast, second_person=second_person)
    if second_person:
        connections.give(cast.ada, room, holder=cast.lea, rights=[ConnectionPermission.APPROVE])
    ask = asked(task, room, said="Hello Lea\nSee https://evil.example/x")
    foreign = elsewhere(
        ask.call.arguments["to"], ask.call_id, warning="Looks like lea@example.org but is not."
    )
    lines = text(("Hello Lea\n", "agent", None), ("See https://evil.example/x", "leads", None))
    return with_origins(ask, argument("to", "dest", foreign), argument("text", "content", lines))


def test_read_the_origins_and_allow_it_once_with_the_keyboard_on_a_phone(cast, live_server):
    ask = prepared(cast)
    with browsing() as browser:
        mia, stale = Visitor(browser, live_server.url, **PHONE), Visitor(browser, live_server.url, **PLAIN)
        for one in (mia, stale):
            one.sign_in(cast.mia.email, PASSWORD)
            one.page.goto(ask.get_absolute_url())
        assert mia.heading() == "Post in the chat to lea.brandt@example.com?"
        mia.sees("From others: call")
        mia.sees("Looks like lea@example.org but is not.")
        assert mia.page.locator("blockquote mark").inner_text() == "lea.brandt@example.com"
        assert mia.page.locator(".told .leads mark").inner_text() == "See https://evil.example/x"
        assert mia.page.locator("a[href*='evil.example']").count() == 0
        assert not overflows(mia)
        assert mia.page.evaluate("document.activeElement.tagName") == "BODY", (
            "nothing is focused that answers"
        )
        no, yes = (mia.page.locator(f"button[value={one}]") for one in ("no", "yes"))
        no.focus()
        mia.page.keyboard.press("Tab")
        assert yes.evaluate("one => one === document.activeElement")
        mia.page.keyboard.press("Enter")
        mia.page.wait_for_url("**/tasks/*/")
        mia.sees("Allowed once.")

        stale.press("Do not allow")
        stale.sees("Mia Park has allowed this already.")
        stale.sees("Mia Park allowed this")
        assert stale.page.locator("button[name=answer]").count() == 0
        assert (mia.wrong, stale.wrong) == ([], [])
    ask.refresh_from_db()
    assert (ask.state, ask.answered_by, ask.scope) == ("approved", cast.mia, "once")


def test_of_two_second_persons_the_later_is_told_and_the_tasks_person_only_watches(cast, live_server):
    ask = prepared(cast, second_person=True)
    with browsing() as browser:
        mia, ada, lea = (Visitor(browser, live_server.url, **PLAIN) for _ in range(3))
        for one, person in ((mia, cast.mia), (ada, cast.ada), (lea, cast.lea)):
            one.sign_in(person.email, PASSWORD)
            one.page.goto(ask.get_absolute_url())
        mia.sees("Waits for an approver of Portal chat: Ada Osei, Lea Brandt")
        assert mia.page.locator("button[name=answer]").count() == 0
        lea.sees("Read the inbox and tell me")
        ada.press("Do not allow")
        ada.page.wait_for_url("**/asks/")
        lea.press("Allow this once")
        lea.sees("Ada Osei has refused this already.")
        assert (mia.wrong, ada.wrong, lea.wrong) == ([], [], [])
    ask.refresh_from_db()
    assert (ask.state, ask.answered_by) == ("refused", cast.ada)


def test_the_buttons_of_an_open_page_go_when_the_ask_dies_and_what_is_typed_stays_until_then(
    cast, live_server
):
    ask = prepared(cast)
    with browsing() as browser:
        mia = Visitor(browser, live_server.url, **PHONE)
        mia.sign_in(cast.mia.email, PASSWORD)
        mia.page.goto(ask.get_absolute_url())
        mia.page.get_by_text("Add a note").click()
        mia.page.get_by_label("A note").fill("Only if she asked")
        with mia.page.expect_response(lambda answer: "seen=" in answer.url) as looked:
            pass
        assert looked.value.status == 204
        assert mia.page.get_by_label("A note").input_value() == "Only if she asked"
        assert mia.page.locator("button[name=answer]").count() == 3 - (
            not describe_ask(ask, cast.mia).widenable
        )

        revoke_grant(cast.ada, ask.call.grant)
        mia.sees("The grant it needs was revoked.")
        assert mia.heading() == "Post in the chat to lea.brandt@example.com?"
        assert mia.page.locator("button[name=answer], #note, main > [hx-trigger]").count() == 0
        assert mia.page.locator("main").count() == 1
        assert mia.wrong == []


def test_back_after_an_answer_never_shows_the_ask_as_open(cast, live_server):
    ask = prepared(cast)
    with browsing() as browser:
        mia = Visitor(browser, live_server.url, **PLAIN)
        mia.sign_in(cast.mia.email, PASSWORD)
        mia.page.goto("/asks/")
        mia.page.goto(ask.get_absolute_url())
        mia.press("Allow this once")
        mia.page.wait_for_url("**/tasks/*/")
        mia.page.go_back()
        mia.sees("Mia Park allowed this")
        assert mia.page.locator("button[name=answer]").count() == 0
        mia.page.go_back()
        assert mia.page.locator(f"main a[href='{ask.get_absolute_url()}']").count() == 0


def test_a_page_from_the_browsers_memory_looks_again(cast, live_server):
    """Chromium under test keeps no page in memory, so the event that it would send is sent by hand."""
    ask = prepared(cast)
    with browsing() as browser:
        mia = Visitor(browser, live_server.url)
        mia.sign_in(cast.mia.email, PASSWORD)
        mia.page.goto(ask.get_absolute_url())
        for persisted, loads in ((False, 0), (True, 1)):
            seen: list[str] = []
            mia.page.on("domcontentloaded", lambda page, seen=seen: seen.append(page.url))
            mia.page.evaluate(
                f"dispatchEvent(new PageTransitionEvent('pageshow', {{persisted: {str(persisted).lower()}}}))"
            )
            mia.page.wait_for_timeout(800)
            assert len(seen) == loads
        assert mia.wrong == []
