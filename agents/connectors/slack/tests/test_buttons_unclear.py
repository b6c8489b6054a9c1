"""A call of which nobody knows whether it happened is shown in Slack, and its person says there what happened."""

import pytest

from agents.approvals.unclear import Unclear
from agents.connectors.base import ConnectorError, Result
from agents.connectors.slack.answering.blocks import ANSWER, SHOW
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import AskMessage
from agents.connectors.slack.telling.channel import SlackNotices
from agents.connectors.slack.tests import incoming
from agents.connectors.slack.tests.incoming import Slack, direct, lines
from agents.connectors.slack.tests.shown_asks import buttons, shown, text
from agents.connectors.slack.tests.test_telling import notice
from agents.gate import unclear_calls
from agents.queue.models import Call
from portal.audit.models import Entry
from portal.audit.sentences import sentence
from portal.notices.models import Notice
from tests.agents.gated import Scene, here  # noqa: F401
from tests.agents.unclear import Parked, parked

pytestmark = pytest.mark.django_db
HAPPENED, NOT, DO, LOOK = (f"{ANSWER}{code}" for code in ("happened", "not", "do", "look"))
U = Unclear.State


def cannot(*args: object) -> Result | None:
    raise ConnectorError("Its server is being moved.")


@pytest.fixture
def it(here: Scene, monkeypatch: pytest.MonkeyPatch) -> Parked:
    found = parked(here, monkeypatch)
    monkeypatch.setattr(unclear_calls, "_bounded_look", unclear_calls.performing.look)
    return found


@pytest.fixture
def slack(it: Parked) -> Slack:
    return Slack(incoming.connection(it.here.cast))


def test_a_direct_message_shows_it_whole_with_its_answers(it: Parked, slack: Slack) -> None:
    row = shown(slack, it.mia, "mia")
    assert (row.kind, row.ask) == ("unclear", it.unclear.pk)
    assert buttons(row) == [HAPPENED, NOT, DO, LOOK, "portal_open"]
    for part in ("Did this happen?", "Hello", "Strange shows nothing of it.", "it may be there twice"):
        assert part in text(row)


@pytest.mark.parametrize(
    ("action", "state", "call", "said"),
    [
        (HAPPENED, U.HAPPENED, Call.State.DONE, "said that"),
        (NOT, U.NOT, Call.State.FAILED, "did not"),
        (DO, U.AGAIN, Call.State.LATER, "let"),
    ],
)
def test_an_answer_counts_as_on_its_page_and_the_trail_says_by_which_way(
    it: Parked, slack: Slack, action: str, state: str, call: str, said: str
) -> None:
    row = shown(slack, it.mia, "mia")
    old = slack.presses("mia", row, LOOK)
    for _ in range(2):
        slack.comes(slack.presses("mia", row, action))
    assert it.now()[0] == call
    assert (it.unclear.state, it.unclear.answered_by) == (state, it.mia)
    assert buttons(row) == ["portal_open"]
    assert "Hello" not in text(row), "what is decided is not kept in Slack"
    slack.comes(old)
    assert "already" in lines(direct("mia"))[-1]
    entry = Entry.objects.get(event__in=["unclear.happened", "unclear.not_happened", "unclear.again"])
    whole = sentence(entry.event, entry.actor_name, entry.target_name, entry.details)
    assert said in whole
    assert whole.endswith("(answered in Slack)")


def test_another_look_shows_what_there_is_now(it: Parked, slack: Slack) -> None:
    row = shown(slack, it.mia, "mia")
    it.connector.reconciles = cannot
    slack.comes(slack.presses("mia", row, LOOK))
    assert "Its server is being moved." in text(row)
    assert buttons(row) == [HAPPENED, NOT, DO, LOOK, "portal_open"]
    it.connector.reconciles = lambda context: Result({"ok": True}, "Did it", {})
    slack.comes(slack.presses("mia", row, LOOK))
    it.unclear.refresh_from_db()
    assert it.unclear.state == U.SHOWN
    assert buttons(row) == ["portal_open"]
    assert "showed it" in text(row)


def test_what_was_found_out_since_is_shown_before_an_answer_counts(it: Parked, slack: Slack) -> None:
    row = shown(slack, it.mia, "mia")
    it.connector.reconciles = cannot
    unclear_calls.look_again(it.mia, it.unclear)
    slack.comes(slack.presses("mia", row, DO))
    it.unclear.refresh_from_db()
    assert it.unclear.state == U.OPEN
    assert lines(direct("mia"))[-1].startswith("Something new was found out since.")
    slack.comes(slack.presses("mia", row, DO))
    it.unclear.refresh_from_db()
    assert it.unclear.state == U.AGAIN


def test_a_notice_of_it_has_a_button_and_no_words(it: Parked, slack: Slack) -> None:
    slack.link(it.mia, "mia")
    told = notice(it.mia, "An agent waits for your word.")
    Notice.objects.filter(pk=told.id).update(about_type="agents.Unclear", about_id=it.unclear.pk)
    Link.objects.update(told=True)
    SlackNotices().send(it.mia, [told])
    incoming.settle()
    row = AskMessage.objects.get()
    assert buttons(row) == [SHOW, "portal_open"]
    assert "Hello" not in text(row)
    slack.comes(slack.presses("mia", row, SHOW))
    assert "Hello" in text(row)


def test_who_may_not_answer_it_sees_and_says_nothing(it: Parked, slack: Slack) -> None:
    row = shown(slack, it.mia, "mia")
    slack.link(it.here.cast.lea, "lea")
    slack.comes(slack.presses("lea", row, HAPPENED))
    it.unclear.refresh_from_db()
    assert it.unclear.state == U.OPEN
    slack.comes(slack.writes("lea", "what waits?", direct("lea")))
    assert lines(direct("lea"))[-1] == "No agent waits for your answer."
