"""What a grant of the mailbox may be narrowed to: folders, senders, recipients, a day's mails, replies alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.connectors.mail.folders import ensure_folder
from agents.connectors.mail.location import locate
from agents.grants.limits import sentence
from agents.grants.models import Grant
from agents.policy.limits import ANY_WORDS
from agents.queue.models import Call
from tests.agents.gated import Scene, here
from tests.portal.post_office import open_post

pytestmark = pytest.mark.django_db
__all__ = ["here"]
S = Call.State


def limit(here: Scene, capability: str, **limits: Any) -> Grant:
    Grant.objects.filter(agent=here.agent, capability=capability).update(limits=limits)
    return Grant.objects.get(agent=here.agent, capability=capability)


def codes(row: Call) -> list[str]:
    return [reason["code"] for reason in row.reasons]


def test_only_some_folders_and_senders(here: Scene) -> None:
    place = locate(here.box.settings["path"])
    ensure_folder(place, "Team")
    for number, who in enumerate(("mia@example.com", "stranger@example.net")):
        (place / "new" / f"200000000{number}.x.test").write_text(f"From: {who}\nSubject: x\n\ny\n")
    rows = here.call("mail.list").result["messages"]
    mine = [row for row in rows if "@example.com" in row["from"]]
    assert 0 < len(mine) < len(rows)
    grant = limit(here, "mail.list", senders={"only": ["@example.com"]})
    assert here.call("mail.list").result["messages"] == mine
    assert sentence(grant.declared, grant.limits) == "messages from only addresses at example.com"
    limit(here, "mail.read", senders={"only": ["@example.com"]}, folders={"only": ["INBOX"]})
    other = next(row["id"] for row in rows if row not in mine)
    assert here.call("mail.read", message=mine[0]["id"]).state == S.DONE
    refused = here.call("mail.read", message=other)
    assert refused.state == S.FAILED
    assert refused.summary == (
        "This grant reaches only messages in “INBOX” and messages from addresses at example.com, "
        "and this is none of them."
    )
    limit(here, "mail.label", folders={"only": ["Team"]})
    assert here.call("mail.label", message=mine[0]["id"], label="Other").state in (S.FAILED, S.ASKED)
    limit(here, "mail.read", senders={"max": 3})
    assert codes(here.call("mail.read", message=other)) == ["limit_unreadable"]


def test_so_many_a_day(here: Scene) -> None:
    here.box.settings |= open_post().settings()
    here.box.inside = ["127.0.0.0/8", "::1"]
    here.box.save()
    before = len(open_post().letters)
    own = {"subject": ANY_WORDS, "text": ANY_WORDS}
    grant = limit(here, "mail.send", a_day={"max": 2}, to={"only": ["@example.com"]}, **own)
    said = "to only addresses at example.com; at most 2 mails a day; its own words as subject and text"
    assert sentence(grant.declared, grant.limits) == said
    letter = {"to": ["lea@example.com"], "subject": "Lamps", "text": "Hello"}
    Grant.objects.filter(pk=grant.pk).update(second_person=False)
    made = [here.call("mail.send", **{**letter, "text": f"Hello {number}"}) for number in range(3)]
    assert [row.state for row in made] == [S.DONE, S.DONE, S.DENIED], [row.summary for row in made]
    assert codes(made[2]) == ["day_spent"]
    assert codes(here.call("mail.send", **{**letter, "to": ["a@example.net"]}))[0] == "outside_limits"
    begun = timezone.now() - timedelta(hours=25)
    Call.objects.filter(pk=made[0].pk).update(started_at=begun)
    assert here.call("mail.send", **{**letter, "text": "Hello 4"}).state == S.DONE
    assert len(open_post().letters) == before + 3
    grant.refresh_from_db()
    assert grant.used == 3
