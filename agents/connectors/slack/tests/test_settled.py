"""A notice in Slack says that its matter is settled when it is, however Slack stood at that moment."""

import pytest

from agents.connections.models import Connection
from agents.connectors.slack import sweeping
from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.models import NoticeLine, NoticeMessage
from agents.connectors.slack.telling import lines
from agents.connectors.slack.telling.channel import SlackNotices
from agents.connectors.slack.tests.answers import Answering
from agents.connectors.slack.tests.incoming import settle, time_passes
from agents.connectors.slack.tests.test_telling import notice
from agents.connectors.slack.tests.told import AWAY, LIMITED, LOST, REVOKED, link, place, slack  # noqa: F401
from portal.notices.channels import Away, Shown
from portal.notices.models import Notice
from portal.notices.telling import settle as settle_matter
from portal.notices.telling import tell
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def told(cast: Cast, *kinds: str) -> list[Shown]:
    """One notice of each, about a connection of its own."""
    found = []
    for number, kind in enumerate(kinds):
        place = builders.chat(cast.ada, cast.support, name=f"Room {number}")
        tell([cast.mia], kind, place, "/connections/", connection=str(place))
        row = Notice.objects.latest("pk")
        found.append(
            Shown(row.pk, kind, "", f"{kind} {place}", f"https://portal.example.com/{row.pk}/", row.made_at)
        )
    return found


def matter_of(shown: Shown) -> None:
    row = Notice.objects.get(pk=shown.id)
    settle_matter(Connection.objects.get(pk=row.about_id))


def goes_on() -> None:
    for _ in range(2):
        sweeping.sweep()
        settle()
        time_passes()
        settle()


@pytest.mark.parametrize("trouble", [None, AWAY, LIMITED, REVOKED, "lost"])
def test_its_line_says_so_and_the_others_stay(
    cast: Cast, slack: Answering, link: Link, trouble: object
) -> None:
    first, second = told(cast, "connection.broke", "connection.recovered")
    SlackNotices().send(cast.mia, [first, second])
    goes_on()
    assert slack.methods("chat.update") == [], "nothing is settled yet"
    if trouble:
        slack.next["chat.update"] = [LOST if trouble == "lost" else trouble]  # type: ignore[list-item]
    matter_of(first)
    goes_on()
    texts = slack.posts[0]["text"].splitlines()
    assert texts[0].startswith("Settled: The connection Room 0 does not work any more.")
    assert texts[1].startswith("The connection Room 1 works again.")
    assert len(slack.posts) == 1
    asked = len(slack.methods("chat.update"))
    goes_on()
    assert len(slack.methods("chat.update")) == asked, "it is said once"


def test_one_that_somebody_deleted_is_left(cast: Cast, slack: Answering, link: Link) -> None:
    (first,) = told(cast, "connection.broke")
    SlackNotices().send(cast.mia, [first])
    slack.always["chat.update"] = {"ok": False, "error": "message_not_found"}
    matter_of(first)
    goes_on()
    assert NoticeMessage.objects.get().due_at is None
    assert len(slack.methods("chat.update")) == 1


def test_what_got_lost_is_found_also_where_later_ones_come_with_it(
    cast: Cast, slack: Answering, link: Link
) -> None:
    early = [notice(cast.mia, "One."), notice(cast.mia, "Two.")]
    slack.next["chat.postMessage"] = [LOST, AWAY]
    for trouble in ("lost", "away"):
        with pytest.raises(Away):
            SlackNotices().send(
                cast.mia, early if trouble == "lost" else [*early, notice(cast.mia, "Three.")]
            )
    SlackNotices().send(cast.mia, [*early, notice(cast.mia, "Three.")])
    assert [post["text"].split(" <")[0] for post in slack.posts] == ["One.", "Three."]
    assert len(slack.posts[0]["text"].splitlines()) == 2


def test_all_are_looked_at_some_in_each_round(
    cast: Cast, slack: Answering, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "ROUND", 2)
    rows = told(cast, *["connection.broke"] * 5)
    for row in rows:
        SlackNotices().send(cast.mia, [row])
        matter_of(row)
    lines._looked[0] = 0
    found = [lines.outdated() for _ in range(3)]
    assert sorted(pk for row in found for pk in row) == list(
        NoticeMessage.objects.values_list("pk", flat=True)
    )
    assert max(map(len, found)) == 2


def test_rows_go_with_their_notice_and_after_days(cast: Cast, slack: Answering, link: Link) -> None:
    first, second = told(cast, "connection.broke", "connection.broke")
    SlackNotices().send(cast.mia, [first, second])
    Notice.objects.filter(pk=first.id).delete()
    assert NoticeLine.objects.count() == 1
    NoticeMessage.objects.update(made_at="2020-01-01T00:00Z")
    sweeping.forget()
    assert not NoticeLine.objects.exists()
