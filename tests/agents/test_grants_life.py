"""The life of a grant: reminders before its end, suspension when its declaration changes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from agents.grants import actions
from agents.grants.models import Grant
from agents.lifecycle.agents import hand_over_agent
from agents.sweep import sweep
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from tests import builders
from tests.cast import Cast, as_

S = Grant.State


@pytest.fixture
def grant(cast: Cast) -> Grant:
    """Mia's agent may read for 30 days, granted just now."""
    agent = builders.agent(cast.mia, cast.support)
    return builders.grant(agent, builders.mail(cast.ada, cast.support), "mail.read", by=cast.ada, days=30)


def days_later(**span: float) -> None:
    """All that was written about grants becomes older by this."""
    ago = timedelta(**span)
    rows = Grant.objects.all()
    rows.update(
        ends_at=F("ends_at") - ago, decided_at=F("decided_at") - ago, reminded_at=F("reminded_at") - ago
    )


def reminders() -> list[list[str]]:
    return [
        entry.details["reminded"] for entry in Entry.objects.filter(event="grant.reminded").order_by("id")
    ]


def test_two_reminders_a_week_and_a_day_before_each_once(cast: Cast, grant: Grant) -> None:
    seen = []
    for _ in range(31):
        sweep()
        sweep()
        seen.append(len(reminders()))
        days_later(days=1)
    assert seen == [0] * 23 + [1] * 6 + [2] * 2
    assert reminders() == [["Mia Park"], ["Mia Park"]]


def test_a_short_grant_reminds_once_or_not_at_all(cast: Cast) -> None:
    agent, box = builders.agent(cast.mia, cast.support), builders.mail(cast.ada, cast.support)
    for capability, days in (("mail.read", 1), ("mail.list", 7)):
        builders.grant(agent, box, capability, by=cast.ada, days=days)
    for _ in range(8):
        sweep()
        days_later(days=1)
    named = Entry.objects.filter(event="grant.reminded").values_list("target_name", flat=True)
    assert list(named) == ["“see sender, date and subject” on Support mailbox for Inbox triage"]


def test_the_owner_is_reminded_as_well_as_who_asked(cast: Cast, grant: Grant) -> None:
    hand_over_agent(cast.ada, grant.agent, owner=cast.lea)
    days_later(days=24)
    sweep()
    assert reminders() == [["Mia Park", "Lea Brandt"]]
    again = Grant.objects.get()
    with pytest.raises(ValidationError, match="already"):
        actions.remind(PORTAL, again)  # another sweep that looked at the same moment
    for person, renews in ((cast.mia, False), (cast.lea, True)):
        page = as_(person).get(reverse("home")).content.decode()
        assert "Grants that end within a week" in page
        assert ("Renew" in page) is renews
    assert "Grants that end within a week" not in as_(cast.olga).get(reverse("home")).content.decode()


def test_another_declaration_suspends_and_says_why(cast: Cast, grant: Grant) -> None:
    other = builders.grant(grant.agent, grant.connection, "mail.list", by=cast.ada)
    gone = builders.grant(grant.agent, grant.connection, "mail.move", by=cast.ada)
    Grant.objects.filter(pk=grant.pk).update(declaration="as it was before")
    Grant.objects.filter(pk=gone.pk).update(capability="mail.gone")
    sweep()
    sweep()
    states = dict(Grant.objects.values_list("pk", "state"))
    assert states == {grant.pk: S.SUSPENDED, other.pk: S.ACTIVE, gone.pk: S.SUSPENDED}
    entry = Entry.objects.get(event="grant.suspended", target_id=grant.pk)
    assert (entry.actor_name, entry.details["why"]["code"]) == (PORTAL, "declared_anew")
    page = as_(cast.mia).get(grant.get_absolute_url()).content.decode()
    assert "What it lets the agent do has changed since it was granted" in page
    assert f"{reverse('grants:renewal', args=[grant.agent_id])}?connection={grant.connection_id}" in page


def test_a_grant_of_who_left_says_what_to_do(cast: Cast, grant: Grant) -> None:
    people.deactivate(cast.ada, cast.mia)
    grant.refresh_from_db()
    assert grant.state == S.SUSPENDED
    page = as_(cast.ada).get(grant.get_absolute_url()).content.decode()
    assert "Mia Park has left" in page
    assert "Renew it, and an admin decides again" in page


def test_the_end_is_near_only_while_it_is_not_asked_for_again(cast: Cast, grant: Grant) -> None:
    days_later(days=24)
    actions.request(
        cast.mia, agent=grant.agent, connection=grant.connection, wanted={"mail.read": grant.terms},
        ends_at=timezone.now() + timedelta(days=30), why="still needed",
    )  # fmt: skip
    page = as_(cast.mia).get(reverse("home")).content.decode()
    assert "renewal requested" in page
