"""A worker that died between *started* and *done*: what happened is found, what did not is done once, else unknown."""

import shutil
from pathlib import Path

import pytest

from agents.connectors import connectors
from agents.connectors.base import ConnectorError, Result
from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.grants.models import Grant
from agents.lifecycle.agents import pause_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.stops import set_stop
from agents.queue.models import Call
from agents.registry import actions as registry
from agents.stops.models import Stop
from portal.audit.models import Entry
from tests import builders
from tests.agents.gated import Died, Scene, scene, strange

pytestmark = pytest.mark.django_db
S = Call.State


@pytest.fixture
def here(cast) -> Scene:
    return scene(cast)


def dies(monkeypatch, kind: str, *, after: bool):
    """The next call on a connector of this kind is the worker's last, before its effect or after it."""
    connector = connectors()[kind]
    performs = connector.perform

    def last(connection, context):
        if after:
            performs(connection, context)
        monkeypatch.setattr(connector, "perform", performs)
        raise Died

    monkeypatch.setattr(connector, "perform", last)


def interrupted(here: Scene, make) -> Call:
    with pytest.raises(Died):
        make()
    row = here.first_call()
    assert (row.state, row.finished_at) == (S.STARTED, None)
    assert row.grant.used == 1
    return row


def events() -> list[str]:
    return list(
        Entry.objects.filter(event__startswith="call.").order_by("id").values_list("event", flat=True)
    )


@pytest.mark.parametrize("after", [True, False])
def test_a_draft_is_written_once(here, monkeypatch, after):
    dies(monkeypatch, "mail", after=after)
    row = interrupted(here, here.draft)
    row = here.again(row)
    assert (row.state, row.counts, len(here.drafts())) == (S.DONE, {"drafted": 1}, 1)
    assert row.grant.used == 1
    assert here.again(row).finished_at == row.finished_at
    assert len(here.drafts()) == 1


@pytest.mark.parametrize("after", [True, False])
def test_a_label_is_given_once(here, monkeypatch, after):
    dies(monkeypatch, "mail", after=after)
    row = interrupted(here, lambda: here.call("mail.label", message=here.message(), label="Other"))
    row = here.again(row)
    assert (row.state, row.counts) == (S.DONE, {"labelled": 1})
    assert here.call("mail.read", message=here.message()).result["labels"] == ["Other"]


@pytest.mark.parametrize("after", [True, False])
def test_a_message_that_a_person_allowed_is_posted_once(here, monkeypatch, after):
    row = here.post()
    row.approval.state, row.approval.answered_by = "approved", here.cast.mia
    row.approval.save()
    dies(monkeypatch, "chat", after=after)
    interrupted(here, lambda: here.again(row))
    assert ChatMessage.objects.count() == int(after)
    row = here.again(row)
    assert (row.state, ChatMessage.objects.count(), row.grant.used) == (S.DONE, 1, 1)


def test_reading_is_simply_done_again(here, monkeypatch):
    dies(monkeypatch, "mail", after=True)
    row = here.again(interrupted(here, lambda: here.call("mail.list")))
    assert (row.state, row.result["total"], row.grant.used) == (S.DONE, 1, 1)


def test_what_happened_needs_no_second_decision(here, monkeypatch):
    dies(monkeypatch, "mail", after=True)
    row = interrupted(here, here.draft)
    revoke_grant(here.cast.ada, row.grant)
    assert here.again(row).state == S.DONE
    assert events() == ["call.allowed"]


AGAINST = {
    "revoked": (lambda s: revoke_grant(s.cast.ada, s.grant("mail.draft")), "grant_inactive"),
    "stopped": (
        lambda s: set_stop(s.cast.ada, scope=Stop.Scope.CONNECTION, connection=s.box, why="no"),
        "stopped",
    ),
    "paused": (lambda s: pause_agent(s.cast.mia, s.agent), "stopped"),
}


@pytest.mark.parametrize("why", AGAINST)
def test_what_did_not_happen_is_decided_anew_before_it_does(here, monkeypatch, why):
    happens, code = AGAINST[why]
    dies(monkeypatch, "mail", after=False)
    row = interrupted(here, here.draft)
    happens(here)
    row = here.again(row)
    assert (row.state, row.reasons[0]["code"]) == (S.DENIED, code)
    assert here.drafts() == []
    assert here.grant("mail.draft").used == 0
    assert events() == ["call.allowed", "call.denied"]


def test_it_does_not_happen_in_an_agent_that_was_put_into_shadow(here, monkeypatch):
    dies(monkeypatch, "mail", after=False)
    row = interrupted(here, here.draft)
    registry.go_shadow(here.cast.mia, here.agent)
    assert here.again(row).state == S.WOULD
    assert here.drafts() == []


def test_the_last_use_of_a_grant_is_the_interrupted_calls_own(here, monkeypatch):
    here.grant("mail.draft").delete()
    builders.grant(here.agent, here.box, "mail.draft", by=here.cast.ada, terms=Terms(max_uses=1))
    dies(monkeypatch, "mail", after=False)
    row = here.again(interrupted(here, here.draft))
    assert (row.state, len(here.drafts()), row.grant.used) == (S.DONE, 1, 1)
    assert here.draft().state == S.DENIED


def test_a_grant_that_asks_by_now_asks(here, monkeypatch):
    dies(monkeypatch, "mail", after=False)
    row = interrupted(here, here.draft)
    revoke_grant(here.cast.ada, row.grant)
    builders.grant(here.agent, here.box, "mail.draft", by=here.cast.ada, terms=Terms(always_ask=True))
    row = here.again(row)
    assert (row.state, row.approval.answerable, here.drafts()) == (S.ASKED, True, [])


@pytest.mark.parametrize("error", [ConnectorError("cannot tell"), RuntimeError("broken")])
def test_a_connector_that_cannot_tell_leaves_it_unknown_for_good(here, monkeypatch, error):
    connector, place = strange(here.cast, here.agent, monkeypatch)

    def reconciles(context):
        raise error

    connector.reconciles = reconciles
    dies(monkeypatch, "strange", after=True)
    row = interrupted(here, lambda: here.call("strange.write", on=place))
    assert len(connector.done) == 1
    for _ in range(3):
        row = here.again(row)
        assert row.state == S.UNKNOWN
    assert len(connector.done) == 1
    assert events() == ["call.allowed", "call.unknown"]


def test_a_read_that_cannot_be_reconciled_is_read_again(here, monkeypatch):
    connector, place = strange(here.cast, here.agent, monkeypatch)

    def reconciles(context):
        raise ConnectorError("cannot tell")

    connector.reconciles, connector.performs = reconciles, lambda context: Result({"n": 1}, "Read")
    dies(monkeypatch, "strange", after=True)
    row = here.again(interrupted(here, lambda: here.call("strange.read", on=place)))
    assert (row.state, row.result) == (S.DONE, {"n": 1})


def test_a_mailbox_that_is_gone_by_then_cannot_tell(here, monkeypatch):
    dies(monkeypatch, "mail", after=False)
    row = interrupted(here, here.draft)
    shutil.rmtree(Path(here.box.settings["path"]))
    assert here.again(row).state == S.UNKNOWN


def test_the_key_stays_the_same_over_every_try(here, monkeypatch):
    dies(monkeypatch, "mail", after=False)
    row = interrupted(here, here.draft)
    assert here.again(row).key == row.key
    assert here.drafts()[0]["X-Portal-Errand"] == str(row.key)
    assert Grant.objects.get(pk=row.grant_id).used == 1
