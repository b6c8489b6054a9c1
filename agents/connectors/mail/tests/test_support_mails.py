"""Sixty mails of a support desk in seven languages: their label, whether an answer is drafted, in which language."""

from datetime import UTC, datetime

from agents.connectors.mail import answering
from agents.connectors.mail.capabilities import DRAFT, READ
from agents.connectors.mail.sample import AGENT, LIMITS
from agents.connectors.mail.tests.support_mails import drafted, right, support_mails
from agents.policy.asking import untrusted_arguments
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.facts import GrantFact
from agents.policy.provenance import Provenance
from agents.policy.results import CallResult

LEAST = 0.85
LEAST_DRAFTS = 0.9


def test_what_a_support_desk_would_keep() -> None:
    mails = support_mails()
    assert len(mails) == 60
    assert len({one.language for one in mails}) == 7
    assert sum(map(right, mails)) >= LEAST * len(mails), [
        one.mail["subject"] for one in mails if not right(one)
    ]
    written = [one for one in mails if drafted(one)]
    assert sum(one.waits for one in written) >= LEAST_DRAFTS * len(written)
    assert len([one for one in written if one.waits]) >= LEAST * sum(one.waits for one in mails)


def test_answers_are_in_the_language_of_the_mail() -> None:
    quoted = 0
    for one in support_mails():
        if asked := drafted(one):
            said = answering.draft("m", one.mail, asked)
            assert answering.TEXTS[one.language][2] in said["text"], one.mail["subject"]
            assert said["to"] == [answering.recipient(one.mail)]
            quoted += "\n> " in said["text"]
    assert quoted >= LEAST_DRAFTS * sum(one.waits for one in support_mails())


def test_no_draft_of_an_answer_asks_where_the_grant_leaves_its_words_open() -> None:
    now = datetime.now(UTC)
    grant = GrantFact(1, DRAFT.name, 1, "active", now, DRAFT.digest, LIMITS["mail.draft"])
    for one in support_mails():
        if asked := drafted(one):
            known = Provenance(AGENT.task)
            known.add_result(CallResult(1, READ, one.mail))
            call = CallOrigins(DRAFT, answering.draft("m1", one.mail, asked), known)
            assert list(untrusted_arguments(GrantedCall(call, grant))) == [], one.mail["subject"]
