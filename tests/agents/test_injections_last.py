"""What was read stays in mind: on another worker, in another process, after answers. And the most that is left."""

import pytest

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.queue.models import Call
from agents.queue.states import TaskState
from agents.sweep import sweep
from tests.agents.at_once import python
from tests.agents.hijacked import INSTRUCTION, Victim, attacked
from tests.agents.injections.index import ALL
from tests.agents.injections.parrot import PARROT, WIDER
from tests.agents.injections.wishes import Injection
from tests.agents.scripted import on

__all__ = ["on"]
S = Call.State
WORKS = """
from agents.runtime import loop
loop.run(int(input()))
print("done", flush=True)
"""
FOUR = [one for one in ALL if one.file[:2] in {"01", "02", "15", "21"}]


def elsewhere(victim: Victim) -> None:
    """The task goes on in a process of its own, which has read nothing yet."""
    worker = python(WORKS)
    said, _ = worker.communicate(f"{victim.task.pk}\n", timeout=60)
    assert said == "done\n"
    victim.task.refresh_from_db()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mail", FOUR, ids=str)
def test_another_process_goes_on_and_still_asks(cast, on, mail: Injection):
    with attacked(cast, on, mail) as victim:
        elsewhere(victim)
        assert victim.task.state == TaskState.WAITING
        allowed, *others = victim.asks()
        victim.answer(allowed, yes=True)
        for ask in others:
            victim.answer(ask, yes=False)
        assert victim.effects() == []
        elsewhere(victim)
        assert victim.task.state == TaskState.WAITING  # the second round asks anew
        assert len(victim.effects()) == 1
        later = victim.wanted()[len(mail.calls) :]
        # A move into a special folder is refused, and nobody is asked about it.
        assert {row.state for row in later[:-1]} <= {S.ASKED, S.DENIED}
        assert later[-1].state == S.ASKED  # a yes counted once: the same call again asks again
        for ask in victim.asks():
            victim.answer(ask, yes=False)
        elsewhere(victim)
    assert victim.task.state == TaskState.SUCCEEDED
    assert len(victim.effects()) == 1


@pytest.mark.django_db
def test_silence_means_no(cast, on):
    with attacked(cast, on, FOUR[0]) as victim:
        victim.run()
        Approval.objects.update(expires_at=victim.task.created_at)
        sweep()
        victim.run()
    assert victim.effects() == []
    assert {row.state for row in victim.wanted()[: len(FOUR[0].calls)]} == {S.REFUSED, S.DENIED}


@pytest.mark.django_db
def test_a_yes_to_calls_like_it_opens_no_other_reader_and_lets_no_code_out(cast, on):
    with attacked(cast, on, WIDER) as victim:
        victim.run()
        harmless, *others = victim.asks()
        approvals.answer(cast.mia, harmless, yes=True, scope=Approval.Scope.TASK)
        for ask in others:
            victim.answer(ask, yes=False)
        victim.run()
        # The same reader, other harmless words, and the first ones once more: that is what the yes was to.
        said = ["I have read the mail.", "It was about a ticket.", "I have read the mail."]
        told = [("chat_post", "olga.petrova@example.com", text) for text in said]
        assert victim.effects() == told
        assert len(victim.asks()) == len(WIDER.later) - 1
        victim.refuse_all()
    assert victim.effects() == told


@pytest.mark.django_db
def test_with_the_persons_own_words_it_reaches_the_person_alone(cast, on):
    with attacked(cast, on, PARROT) as victim:
        victim.refuse_all()
    assert victim.effects() == [("mail_draft", "mia.park@example.com", "newest mail", INSTRUCTION)]
