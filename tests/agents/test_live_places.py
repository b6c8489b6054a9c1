"""Going live is decided connection by connection: who grants on one of them says yes for that one alone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.card.card import card
from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.grants import actions as grants
from agents.grants.actions import Terms
from agents.grants.models import GrantRequest
from agents.pages.registry.shadow_record import everybodys
from agents.permissions import ConnectionPermission, ModePermission
from agents.queue.models import Call
from agents.registry import actions as registry
from agents.registry.models import Agent
from portal.audit.models import Entry
from tests import builders
from tests.agents import transcripts
from tests.agents.gated import Scene
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast: Cast) -> Scene:
    """Mia's agent in shadow, granted by her in her own mailbox and by Ada in the chat; Ada grants in nobody's mail."""
    agent = builders.agent(cast.mia, cast.support, live=False)
    own, room = builders.own_mail(cast.mia), builders.chat(cast.ada, cast.support)
    for name in ("mail.list", "mail.draft"):
        builders.grant(agent, own, name, by=cast.mia)
    anybody = {"to": {"only": ["*"]}, "text": {"words": "any"}}
    builders.grant(agent, room, "chat.post", by=cast.ada, terms=Terms(limits=anybody))
    task = transcripts.running(cast.mia, agent)
    return Scene(cast, agent, own, room, task, transcripts.step(task))


def states(here: Scene) -> tuple[str, str]:
    """What becomes of a draft in Mia's mailbox, and of a message in the chat."""
    drafted = here.call("mail.draft", to=[here.cast.mia.email], subject="Sort", text="Sort the inbox")
    return drafted.state, here.post().state


def requested(here: Scene, place: Connection) -> GrantRequest:
    until = timezone.now() + timedelta(days=3)
    wanted = {"mail.label": Terms()}
    return grants.request(
        here.cast.mia, agent=here.agent, connection=place, wanted=wanted, ends_at=until, why="x"
    )


def test_the_owner_of_one_mailbox_lets_nothing_happen_elsewhere(here: Scene, cast: Cast) -> None:
    registry.go_live(cast.mia, here.agent)
    assert here.agent.lives_on() == {here.box.pk}
    draft, post = states(here)
    assert draft != Call.State.WOULD
    assert post == Call.State.WOULD
    assert [
        line.state == "shadow" for line in card(here.agent).lines if line.holding.title.startswith("post")
    ] == [True]
    registry.go_live(cast.ada, here.agent)
    assert here.post("Bye").state == Call.State.DONE
    entries = Entry.objects.about(here.agent).filter(event="agent.live_on")
    assert {(one.actor, one.details["connection"]) for one in entries} == {
        (cast.mia, "My mailbox"),
        (cast.ada, "Portal chat"),
    }


def test_who_grants_nowhere_lets_nothing_go_live(here: Scene, cast: Cast) -> None:
    for person in (cast.lea, cast.olga):
        with pytest.raises(ValidationError, match="You are not an admin of any connection"):
            registry.go_live(person, here.agent)
    assert here.agent.mode == Agent.Mode.SHADOW
    registry.go_live(cast.ada, here.agent)
    with pytest.raises(ValidationError, match="acts for real already"):
        registry.go_live(cast.ada, here.agent)


def test_the_page_says_for_what_one_decides_and_who_else_does(here: Scene, cast: Cast) -> None:
    url = f"/agents/{here.agent.pk}/live/"
    text = as_(cast.mia).get(url).text
    assert "You decide for <b>My mailbox</b>." in text
    assert "Who else decides" in text
    assert "Ada Osei" in text
    registry.go_live(cast.mia, here.agent)
    text = as_(cast.ada).get(url).text
    assert "You decide for <b>Portal chat</b>." in text
    assert "Where it acts for real" in text
    assert "not yet on Portal chat" in as_(cast.mia).get(here.agent.get_absolute_url()).text


@pytest.mark.parametrize("trial", [False, True])
def test_a_grant_to_a_live_agent_is_its_granters_yes_and_the_page_says_so(
    here: Scene, cast: Cast, trial: bool
) -> None:
    registry.go_live(cast.mia, here.agent)
    box = builders.mail(cast.ada, cast.support)
    asked = requested(here, box)
    page = as_(cast.ada).get(asked.get_absolute_url()).text
    assert "it acts for real here at once" in page
    [grant] = asked.grants.all()
    grants.decide(cast.ada, asked, granted={grant.pk: Terms()}, ends_at=grant.ends_at, trial=trial)
    assert (box.pk in here.agent.lives_on()) is not trial
    assert here.chat.pk not in here.agent.lives_on()


def test_a_grant_to_an_agent_in_shadow_is_no_yes(here: Scene, cast: Cast) -> None:
    registry.go_live(cast.mia, here.agent)
    registry.go_shadow(cast.mia, here.agent)
    registry.go_live(cast.ada, here.agent)
    assert here.agent.lives_on() == {here.chat.pk}, "what was said before it was put back counts no more"


def test_who_grants_on_one_puts_that_one_back_and_managers_all(here: Scene, cast: Cast) -> None:
    connections.give(cast.ada, here.chat, holder=cast.finn, rights=[ConnectionPermission.GRANT])
    for person in (cast.mia, cast.ada):
        registry.go_live(person, here.agent)
    registry.go_shadow(cast.finn, here.agent)
    here.agent.refresh_from_db()
    assert (here.agent.mode, here.agent.lives_on()) == (Agent.Mode.LIVE, {here.box.pk})
    with pytest.raises(ValidationError, match="in a trial run already"):
        registry.go_shadow(cast.finn, here.agent)
    registry.edit(cast.mia, here.agent, instructions="Something else")
    assert here.agent.lives_on() == frozenset()


def test_the_record_of_one_connection_is_for_who_grants_there(here: Scene, cast: Cast) -> None:
    connections.give(cast.ada, here.chat, holder=cast.finn, rights=[ConnectionPermission.GRANT])
    states(here)
    assert here.agent.permits(cast.finn, ModePermission.RECORD)
    seen = {person: everybodys(here.agent, person).count() for person in (cast.mia, cast.finn, cast.lea)}
    assert seen == {cast.mia: 2, cast.finn: 1, cast.lea: 0}
