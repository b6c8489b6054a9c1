"""Sixty mails of a support desk in seven languages: their label, whether an answer is drafted, in which language."""

from agents.connectors.mail import answering
from agents.connectors.mail.tests.support_mails import drafted, right, support_mails

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
