"""Whose a Slack account is: by a code of the profile page, once, within ten minutes, and until either side ends it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.urls import reverse

from agents.connectors.slack.linking import actions
from agents.connectors.slack.linking.models import Link, LinkCode
from agents.connectors.slack.tests import incoming, workspace
from agents.connectors.slack.tests.incoming import Slack, direct, lines, settle
from agents.queue.models import Task
from portal.accounts import actions as people
from portal.audit.models import Entry
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def slack(cast: Cast) -> Slack:
    return Slack(incoming.connection(cast))


def events() -> list[str]:
    return list(
        Entry.objects.filter(event__startswith="slack.").order_by("id").values_list("event", flat=True)
    )


def test_a_code_links_the_account_that_sends_it(cast: Cast, slack: Slack) -> None:
    page = as_(cast.mia).post(reverse("slack:code", args=[slack.place.pk])).content.decode()
    code = page.split('id="code" value="')[1][:14]
    assert code not in as_(cast.mia).get(reverse("slack:account", args=[slack.place.pk])).content.decode()
    slack.comes(slack.writes("mia", code.lower(), direct("mia")))
    link = Link.objects.get()
    assert (link.person, link.account, link.known_as) == (cast.mia, workspace.user_id("mia"), "Mia")
    assert lines(direct("mia"))[-1].startswith("Linked: here you are Mia Park")
    assert events() == ["slack.code_made", "slack.linked"]
    assert code.replace("-", "") not in str(list(Entry.objects.values())) + str(
        list(LinkCode.objects.values())
    )
    assert "Linked to Mia" in as_(cast.mia).get(reverse("people:profile")).content.decode()


def test_nobody_is_linked_by_an_e_mail_alone(cast: Cast, slack: Slack) -> None:
    """Mia's account has Mia's address; it is nobody's here until she sends a code."""
    agent = builders.agent(cast.mia, cast.support)
    room, _ = workspace.channel()
    slack.comes(slack.mention("mia", f"{agent.name}: sort the inbox", room))
    assert not Task.objects.exists()
    assert not Link.objects.exists()


@pytest.mark.parametrize("how", ["late", "used", "replaced", "elsewhere", "left", "held", "made up"])
def test_a_code_that_is_not_good_links_nobody(cast: Cast, slack: Slack, how: str) -> None:
    code = actions.make_code(cast.mia, slack.place)
    if how == "late":
        LinkCode.objects.update(ends_at=Now() - timedelta(seconds=1))
    elif how == "used":
        LinkCode.objects.update(used_at=Now())
    elif how == "replaced":
        actions.make_code(cast.mia, slack.place)
    elif how == "elsewhere":
        LinkCode.objects.update(connection=builders.chat(cast.ada, cast.support))
    elif how == "left":
        type(cast.mia).objects.filter(pk=cast.mia.pk).update(is_active=False)
    elif how == "held":
        type(cast.mia).objects.filter(pk=cast.mia.pk).update(held_since=Now())
    else:
        code = "ABCD-EFGH-JK23"
    slack.comes(slack.writes("olga", code, direct("olga")))
    assert not Link.objects.exists()
    assert lines(direct("olga"))[-1].startswith("This code is not good")


def test_a_code_counts_in_a_direct_message_only(cast: Cast, slack: Slack) -> None:
    """In a channel everybody reads it."""
    room, _ = workspace.channel()
    slack.comes(slack.mention("olga", actions.make_code(cast.mia, slack.place), room))
    assert not Link.objects.exists()


def test_an_account_is_one_persons_and_a_person_has_one_account(cast: Cast, slack: Slack) -> None:
    slack.link(cast.mia, "mia")
    slack.comes(slack.writes("mia", actions.make_code(cast.lea, slack.place), direct("mia")))
    assert [link.person for link in Link.objects.all()] == [
        cast.mia
    ]  # Lea's code was a message like any other
    with pytest.raises(ValidationError, match="already"):
        actions.make_code(cast.mia, slack.place)


@pytest.mark.parametrize("where", ["profile", "slack", "left", "removed"])
def test_it_ends_from_both_sides(cast: Cast, slack: Slack, where: str) -> None:
    agent, link = builders.agent(cast.mia, cast.support), slack.link(cast.mia, "mia")
    if where == "profile":
        assert as_(cast.olga).post(reverse("slack:ending", args=[link.pk])).status_code == 404
        assert as_(cast.mia).post(reverse("slack:ending", args=[link.pk])).status_code == 302
    elif where == "slack":
        slack.comes(slack.writes("mia", "Unlink.", direct("mia")))
        assert lines(direct("mia"))[-1] == "Unlinked. I do nothing more for you here."
    elif where == "left":
        people.deactivate(cast.ada, cast.mia)
    else:
        type(slack.place).objects.filter(pk=slack.place.pk).update(state="removed")
    assert not Link.objects.current().exists()
    if where != "removed":
        assert events()[-1] == "slack.unlinked"
        room, _ = workspace.channel()
        slack.comes(slack.mention("mia", f"{agent.name}: sort the inbox", room))
    settle()
    assert not Task.objects.exists()


def test_a_person_chooses_their_usual_agent_and_no_other_ones(cast: Cast, slack: Slack) -> None:
    agent, others = (
        builders.agent(cast.mia, cast.support),
        builders.agent(cast.olga, cast.sales, name="Sales"),
    )
    link = slack.link(cast.mia, "mia")
    page = reverse("slack:account", args=[slack.place.pk])
    shown = as_(cast.mia).get(page).content.decode()
    assert agent.name in shown
    assert others.name not in shown
    assert as_(cast.mia).post(page, {"agent": others.pk}).status_code == 422
    with pytest.raises(ValidationError):
        actions.change(cast.mia, link, agent=others.pk, told=False)
    assert as_(cast.mia).post(page, {"agent": agent.pk, "told": "on"}).status_code == 302
    link.refresh_from_db()
    assert (link.agent_id, link.told) == (agent.pk, True)
