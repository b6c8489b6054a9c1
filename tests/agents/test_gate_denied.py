"""What the gate refuses: each thing that speaks against a call, with its reason, however late it came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.approvals.models import Approval
from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.connections import remove_connection
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import lift_stop, set_stop
from agents.lifecycle.tasks import cancel_task
from agents.queue.models import Call, Task
from agents.queue.moves import Lost
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.reasons import render_reason
from tests import builders
from tests.agents.gated import Scene, scene

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def spend(scene: Scene) -> None:
    Grant.objects.filter(capability="mail.list").update(max_uses=3, used=3)


def stop(scope: Stop.Scope, **what: str):
    def set_it(scene: Scene) -> None:
        on = {"connection": scene.box} if scope == Stop.Scope.CONNECTION else what
        set_stop(scene.cast.ada, scope=scope, why="a drill", **on)

    return set_it


def end(scene: Scene) -> None:
    Grant.objects.filter(capability="mail.list").update(ends_at=timezone.now() - timedelta(seconds=1))


DENIED = {
    "paused": (lambda s: pause_agent(s.cast.mia, s.agent), ["stopped"]),
    "draft": (lambda s: Agent.objects.update(state=Agent.State.DRAFT), ["agent_inactive"]),
    "connection removed": (lambda s: remove_connection(s.cast.ada, s.box), ["connection_inactive"]),
    "everything stopped": (stop(Stop.Scope.EVERYTHING), ["stopped"]),
    "connection stopped": (stop(Stop.Scope.CONNECTION), ["stopped"]),
    "capability stopped": (stop(Stop.Scope.CAPABILITY, capability="mail.list"), ["stopped"]),
    "revoked": (lambda s: revoke_grant(s.cast.ada, s.grant("mail.list")), ["grant_inactive"]),
    "ended": (end, ["grant_ended"]),
    "spent": (spend, ["uses_spent"]),
    "declared otherwise": (lambda s: Grant.objects.update(declaration="x"), ["declaration_changed"]),
    "never granted": (lambda s: Grant.objects.filter(capability="mail.list").delete(), ["no_grant"]),
}


@pytest.mark.parametrize("why", DENIED)
def test_denied_with_its_reason_though_the_task_was_loaded_before(here, why):
    happens, expected = DENIED[why]
    happens(here)
    row = here.call("mail.list")
    assert (row.state, row.verdict, [one["code"] for one in row.reasons]) == (S.DENIED, "deny", expected)
    assert row.grant is None
    assert row.result is None
    entry = Entry.objects.get(event__startswith="call.")
    assert (entry.event, entry.details["reasons"]) == ("call.denied", expected)


ENDED = {
    # who is the task's person as well, so it was ended at once
    "owner left": lambda s: people.deactivate(s.cast.ada, s.cast.mia),
    "task cancelled": lambda s: cancel_task(s.cast.mia, s.task),
}


@pytest.mark.parametrize("why", ENDED)
def test_in_a_task_that_was_stopped_nothing_is_decided_or_written(here, why):
    ENDED[why](here)
    with pytest.raises(Lost):
        here.call("mail.list")
    assert not Call.objects.exists()
    assert not Entry.objects.filter(event__startswith="call.").exists()
    assert here.grant("mail.list").used == 0


def test_no_stop_of_something_else_is_in_the_way(here):
    stop(Stop.Scope.CAPABILITY, capability="mail.move")(here)
    lifted = set_stop(here.cast.ada, scope=Stop.Scope.EVERYTHING, why="a drill")
    lift_stop(here.cast.ada, lifted)
    assert here.call("mail.list").state == S.DONE


def test_each_limit_of_the_grant_is_held(here):
    here.grant("mail.label").delete()
    only = Terms(limits={"label": {"only": ["Invoices", "News*"]}}, max_uses=2)
    grant = builders.grant(here.agent, here.box, "mail.label", by=here.cast.ada, terms=only)
    here.call("mail.list")
    message = here.message()
    row = here.call("mail.label", message=message, label="Urgent")
    assert (row.state, row.reasons[0]["code"]) == (S.DENIED, "outside_limits")
    assert "“Invoices” or “News*”" in render_reason(row.reasons[0])
    done = [here.call("mail.label", message=message, label=label).state for label in ("News", "Invoices")]
    assert done == [S.DONE, S.DONE]
    row = here.call("mail.label", message=message, label="News")
    assert row.reasons[0]["code"] == "uses_spent"
    grant.refresh_from_db()
    assert grant.used == 2


def test_a_grant_that_still_lives_is_used_where_another_has_ended(here):
    end(here)
    assert here.call("mail.list").state == S.DENIED
    grant = builders.grant(here.agent, here.box, "mail.list", by=here.cast.ada)
    row = here.call("mail.list")
    assert (row.state, row.grant) == (S.DONE, grant)


def test_a_grant_on_another_connection_is_no_grant_here(here):
    other = builders.mail(here.cast.ada, here.cast.support, name="Other mailbox")
    row = here.call("mail.list", on=other)
    assert (row.state, row.reasons[0]["code"]) == (S.DENIED, "no_grant")


@pytest.mark.parametrize(
    ("capability", "arguments", "code"),
    [
        ("shell", {"command": "true"}, "unknown"),
        ("mail.read", {}, "argument_missing"),
        ("mail.read", {"message": 7}, "argument_type"),
        ("mail.read", {"message": "x" * 256}, "argument_long"),
        ("mail.list", {"page": True}, "argument_type"),
        ("mail.draft", {"to": ["a@example.org", 7], "subject": "s", "text": "t"}, "argument_type"),
        ("mail.list", {"everything": "yes"}, "argument_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused(here, capability, arguments, code):
    row = here.call(capability, **arguments)
    assert (row.state, row.reasons[0]["code"]) == (S.DENIED, code)


def test_a_tool_that_nobody_offers_has_no_connection_and_is_refused(here):
    row = here.repeat(9, "x" * 300, None, {"a": "\ufffd"})
    assert (row.state, row.connection, row.reasons[0]["code"]) == (S.DENIED, None, "unknown")


def unreadable_envelope(here: Scene) -> None:
    Task.objects.update(envelope=["mail.list"])


def unreadable_limits(here: Scene) -> None:
    Grant.objects.filter(capability="mail.list").update(limits=["anything"])


@pytest.mark.parametrize("breaks", [unreadable_envelope, unreadable_limits])
def test_facts_that_cannot_be_read_mean_no(here, breaks, caplog):
    breaks(here)
    row = here.call("mail.list")
    assert (row.state, [one["code"] for one in row.reasons]) == (S.DENIED, ["facts_unreadable"])
    assert row.result is None
    assert here.grant("mail.list").used == 0
    assert caplog.messages == ["The facts of mail.list on Support mailbox cannot be read"]


@pytest.mark.parametrize("what", ["facts", "decide", "explain"])
def test_a_rule_that_breaks_means_no(here, monkeypatch, what):
    def broken(*args, **kwargs):
        raise NameError(f"{what} is not what it was")

    monkeypatch.setattr(f"agents.gate.deciding.{what}", broken)
    row = here.post()
    assert (row.state, [one["code"] for one in row.reasons]) == (S.DENIED, ["facts_unreadable"])
    assert "is not what it was" not in render_reason(row.reasons[0])
    assert not Approval.objects.exists()
    assert not ChatMessage.objects.exists()
