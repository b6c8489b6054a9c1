"""In a real browser: link Slack from the profile page; in Slack, read an ask from a notice and answer it."""

import pytest

from agents.connectors.slack.answering.blocks import SHOW, YES
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.telling.channel import SlackNotices
from agents.connectors.slack.tests import incoming
from agents.connectors.slack.tests.incoming import Slack, direct, settle
from agents.connectors.slack.tests.test_telling import notice
from tests.agents.asking import asked, running
from tests.browser import Visitor, browsing
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}


def test_link_slack_and_answer_an_ask_from_a_notice(cast: Cast, live_server) -> None:
    slack = Slack(incoming.connection(cast))
    ask = asked(*running(cast))
    with browsing() as browser:
        mia, phone = Visitor(browser, live_server.url), Visitor(browser, live_server.url, **PHONE)
        mia.sign_in(cast.mia.email, PASSWORD)
        mia.page.goto("/people/profile/")
        mia.follow("Sample Slack")
        mia.press("Make a code")
        code = mia.page.get_by_label("Send this code").input_value()
        slack.comes(slack.writes("mia", code, direct("mia")))
        mia.page.goto("/people/profile/")
        mia.sees("Linked to Mia")
        mia.follow("Sample Slack")
        mia.page.get_by_label("Tell me in Slack, too").check()
        mia.press("Save")
        mia.sees("Saved.")
        phone.sign_in(cast.mia.email, PASSWORD)
        phone.page.goto(mia.page.url)

        SlackNotices().send(cast.mia, [notice(cast.mia, "An agent asks you.", ask)])
        settle()
        row = AskMessage.objects.get()
        for action in (SHOW, YES):
            slack.comes(slack.presses("mia", row, action))
        mia.page.goto(ask.get_absolute_url())
        mia.sees("Mia Park allowed this")

        phone.press("Unlink")
        phone.sees("Your Slack account is unlinked.")
        assert not Link.objects.current().exists()
        assert (mia.wrong, phone.wrong) == ([], [])
