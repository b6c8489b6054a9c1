"""A call of which nobody knows whether it happened, in a real browser: look again, then each of the answers."""

import pytest

from agents.connectors.base import ConnectorError
from agents.gate import unclear_calls
from agents.queue.models import Call
from tests.agents.gated import Scene, here  # noqa: F401
from tests.agents.unclear import Parked, parked
from tests.browser import Visitor, browsing
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}
PLAIN = {"java_script_enabled": False}  # a page that does not look again by itself


@pytest.fixture
def it(here: Scene, monkeypatch: pytest.MonkeyPatch) -> Parked:
    found = parked(here, monkeypatch)
    monkeypatch.setattr(unclear_calls, "_bounded_look", unclear_calls.performing.look)
    return found


def visit(browser, live_server, it: Parked, **options) -> Visitor:
    found = Visitor(browser, live_server.url, **options)
    found.sign_in(it.mia.email, PASSWORD)
    found.page.goto(it.unclear.get_absolute_url())
    return found


def test_look_again_then_do_it_on_a_phone_and_who_answers_later_is_told(it, live_server):
    def locked(context):
        raise ConnectorError("The mailbox is locked <b>.")

    with browsing() as browser:
        mia, late = visit(browser, live_server, it, **PHONE), visit(browser, live_server, it, **PLAIN)
        mia.sees("Nobody knows yet whether it happened")
        assert mia.page.locator("blockquote").first.inner_text() == "Hello"
        assert mia.page.evaluate("document.activeElement.tagName") == "BODY", (
            "nothing is focused that answers"
        )
        assert not mia.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        it.connector.reconciles = locked
        mia.press("Look again")
        mia.sees("Strange cannot tell. The mailbox is locked <b>.")
        mia.sees("looked at by Mia Park")
        assert it.now()[0] == Call.State.UNKNOWN
        mia.press("It did not happen: do it")
        mia.page.wait_for_url("**/tasks/*/")
        mia.sees("The agent goes on and does it")
        assert it.now() == (Call.State.LATER, "queued")
        late.page.locator("button[value=happened]").click()
        late.sees("Mia Park has said already that it did not happen")
        assert it.now() == (Call.State.LATER, "queued")
        assert mia.wrong == []
    assert it.goes_on().state == Call.State.DONE


def test_it_happened_with_the_keyboard(it, live_server):
    with browsing() as browser:
        mia = visit(browser, live_server, it)
        mia.page.locator("button[value=happened]").focus()
        mia.page.keyboard.press("Enter")
        mia.page.wait_for_url("**/tasks/*/")
        mia.sees("Noted: it happened.")
        assert mia.wrong == []
    assert it.now() == (Call.State.DONE, "queued")
    assert it.goes_on().state == Call.State.DONE
