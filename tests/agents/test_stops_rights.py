"""Who may set and lift a stop of each scope: the whole cast. What an admin stopped an admin lifts."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.lifecycle.agents import (
    hand_over_agent,
    pause_agent,
    resume_agent,
    retire_agent,
    share_agent,
    unshare_agent,
)
from agents.lifecycle.stops import lift_stop, set_stop
from agents.permissions import ConnectionPermission, Level
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.accounts import actions as people
from portal.audit.record import PORTAL
from tests.agents.gated import Scene, scene
from tests.builders import connections
from tests.cast import NAMES, as_

pytestmark = pytest.mark.django_db
# Ada is an admin and looks after the mailbox; Lea sees mailbox and agent (her team's); Mia owns the agent and its task.
# Finn looks after the mailbox too; Olga operates the agent; Aud has no part in any of it.
SET = {
    "everything": {"ada"},
    "capability": {"ada"},
    "connection": {"ada", "finn"},
    "agent": {"ada", "mia", "olga"},
    "task": {"mia"},  # on its page, which nobody else of the cast sees
}
# who set it: who lifts it
LIFT = {
    ("everything", "ada"): {"ada"},
    ("capability", "ada"): {"ada"},
    ("connection", "ada"): {"ada"},
    ("connection", "finn"): {"ada", "finn"},
    ("agent", "ada"): {"ada"},
    ("agent", "mia"): {"mia"},
    ("agent", "olga"): {"mia", "olga"},
    ("task", "mia"): set(),
}


@pytest.fixture
def here(cast) -> Scene:
    made = scene(cast)
    share_agent(cast.mia, made.agent, reader=cast.olga, level=Level.OPERATOR)
    connections.give(cast.ada, made.box, holder=cast.finn, rights=[ConnectionPermission.GRANT])
    return made


def what(here: Scene, scope: str) -> dict:
    named = {
        "connection": {"connection": here.box},
        "capability": {"capability": "mail.move"},
        "agent": {"agent": here.agent},
        "task": {"task": here.task},
    }
    return {"scope": Stop.Scope(scope), "why": "enough", **named.get(scope, {})}


def address(here: Scene, scope: str) -> tuple[str, dict]:
    match scope:
        case "connection":
            return reverse("connections:stop", args=[here.box.pk]), {"why": "enough"}
        case "agent":
            return reverse("registry:stop", args=[here.agent.pk]), {}
        case "task":
            return reverse("queue:cancel", args=[here.task.pk]), {}
    return reverse(f"stops:{scope}"), {"why": "enough", "capability": "mail.move"}


@pytest.mark.parametrize("scope", SET)
def test_who_may_set_it(here, scope):
    url, sent = address(here, scope)
    for name in sorted(NAMES, key=lambda one: one in SET[scope]):  # those who may not go first
        Stop.objects.all().delete()
        Agent.objects.update(state=Agent.State.ACTIVE)
        status = as_(getattr(here.cast, name)).post(url, sent).status_code
        assert (status == 302) == (name in SET[scope]), name
        assert Stop.objects.filter(scope=scope).exists() == (name in SET[scope]), name


@pytest.mark.parametrize(("scope", "setter"), LIFT)
def test_who_may_lift_it(here, scope, setter):
    cast = here.cast
    stop = set_stop(getattr(cast, setter), **what(here, scope))
    may = LIFT[scope, setter]
    for name in sorted(NAMES, key=lambda one: one in may):  # those who may not go first
        stop.refresh_from_db()
        if name in may:
            break
        with pytest.raises(ValidationError) as refused:
            lift_stop(getattr(cast, name), stop)
        assert refused.value.messages == [stop.lifts], name
        answer = as_(getattr(cast, name)).post(reverse("stops:lifting", args=[stop.pk]))
        assert answer.status_code in (403, 404), name
        assert answer.status_code == 404 or stop.lifts in answer.text.replace("&#x27;", "'"), name
    assert Stop.objects.get(pk=stop.pk).lifted_at is None
    for name in may:
        person = getattr(cast, name)
        assert as_(person).post(reverse("stops:lifting", args=[stop.pk])).status_code == 302
        stop.refresh_from_db()
        assert stop.lifted_by == person
        stop = set_stop(getattr(cast, setter), **what(here, scope))


def test_an_operator_does_not_let_work_again_what_an_admin_stopped(here):
    pause_agent(here.cast.ada, here.agent, why="It labelled too much")
    for person in (here.cast.olga, here.cast.mia):
        with pytest.raises(ValidationError, match="Ada Osei or another admin can lift this stop"):
            resume_agent(person, here.agent)
        page = as_(person).get(here.agent.get_absolute_url()).text
        assert "Resume this agent" not in page
        assert "Ada Osei or another admin can lift this stop" in page
        said = as_(person).post(reverse("registry:resumption", args=[here.agent.pk]), follow=True).text
        assert "another admin can lift" in said
    here.agent.refresh_from_db()
    assert here.agent.state == Agent.State.PAUSED


def test_what_an_operator_stopped_an_admin_may_stop_for_good(here):
    first = set_stop(here.cast.olga, **what(here, "agent"))
    with pytest.raises(ValidationError, match="Olga Petrova has already stopped this"):
        pause_agent(here.cast.mia, here.agent)
    second = set_stop(here.cast.ada, **what(here, "agent"))
    first.refresh_from_db()
    assert (first.lifted_by, second.by_role) == (here.cast.ada, True)
    with pytest.raises(ValidationError, match="Ada Osei or another admin"):
        resume_agent(here.cast.olga, here.agent)


def test_an_operator_whose_share_ended_does_not_lift_what_they_set(here):
    stop = set_stop(here.cast.olga, **what(here, "agent"))
    unshare_agent(here.cast.mia, here.agent, reader=here.cast.olga)
    with pytest.raises(ValidationError, match="a manager of Inbox triage can lift"):
        lift_stop(here.cast.olga, stop)


def test_an_agent_whose_owner_left_is_let_work_again_by_its_new_owner(here):
    cast = here.cast
    people.deactivate(cast.ada, cast.mia)
    stop = Stop.objects.active().get(agent=here.agent)
    assert (stop.who, stop.by_role, "has left" in stop.because) == ("The portal", False, True)
    here.agent.refresh_from_db()
    hand_over_agent(PORTAL, here.agent, owner=cast.lea)  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="A manager of Inbox triage can lift"):
        resume_agent(cast.olga, here.agent)
    resume_agent(cast.lea, here.agent)
    assert here.agent.state == Agent.State.ACTIVE


def test_a_retired_agents_stop_is_over(here):
    stop = set_stop(here.cast.mia, **what(here, "agent"))
    retire_agent(here.cast.mia, here.agent)
    stop.refresh_from_db()
    assert stop.lifted_at is not None
    here.task.refresh_from_db()
    assert Stop.objects.get(task=here.task).confirmed_at is not None
