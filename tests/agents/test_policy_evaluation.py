"""One evaluation serves all grants of a call and its explanation: an answer under one grant is none under another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agents.policy.decide import decide
from agents.policy.evaluation import Evaluation
from agents.policy.explain import explain
from agents.policy.facts import Facts, GrantFact, Request, Verdict
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult
from tests.agents.strategies import NOW
from tests.agents.tainted import READ, SEND

ONCE = "The lamp is late"
TWICE = {"to": ["x@partner.example"], "title": ONCE, "text": ONCE}
# Under the first the title may say anything, so the text alone needs the stretch; the second covers the receiver.
WORDS, RECEIVER = {"title": {"words": "any"}}, {"to": {"only": ["@partner.example"]}}


def evaluation(*limits: Any) -> Evaluation:
    known = Provenance(f"Send “{ONCE}” to the partner.")
    known.add_result(CallResult(1, READ, {"text": "A stranger wrote this."}))
    grant = GrantFact(0, SEND.name, 7, "active", NOW + timedelta(days=1), SEND.digest)
    grants = tuple(replace(grant, id=number, limits=limit) for number, limit in enumerate(limits, 1))
    facts = Facts(NOW, "active", owner_active=True, task_state="running", grants=grants, provenance=known)
    return Evaluation(Request(SEND.name, 7, TWICE, SEND), facts)


@pytest.mark.parametrize("limits", [(RECEIVER,), (RECEIVER, WORDS), (WORDS, RECEIVER)])
def test_a_stretch_counts_once_under_each_grant_whichever_is_looked_at_first(limits: Any) -> None:
    assert decide(evaluation(*limits)).verdict is Verdict.ASK


def test_where_one_grant_covers_both_it_just_goes() -> None:
    assert decide(evaluation({**WORDS, **RECEIVER})).verdict is Verdict.ALLOW


def test_deciding_leaves_no_trace_in_what_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was found out for the decision is not looked up anew."""
    used, fresh = evaluation(RECEIVER, WORDS), evaluation(RECEIVER, WORDS)
    grant = used.facts.grants[0]
    assert decide(used).grant == grant.id
    assert explain(used, grant) == explain(fresh, grant)
    monkeypatch.setattr("agents.policy.text_origins._own", lambda *_: pytest.fail("looked up anew"))
    explain(used, grant)
