"""A mailbox that an agent sorts in real worker processes, a beat, and what mailbox and chat hold afterwards."""

import email
import os
import random
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from agents.connectors.chat.models import ChatMessage
from agents.grants.actions import Terms
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from metering.usage.models import UsageEvent
from portal.later import later
from tests import builders
from tests.agents.queues import own_queue
from tests.cast import Cast

ROUNDS = int(os.environ.get("FAULTS", "1"))
SEED = int(os.environ.get("FAULTS_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
QUESTIONS = 8
MESSAGES = {
    **{f"Question {n}": f"Could you tell me the price of lamp {n}?" for n in range(QUESTIONS)},
    **{f"Invoice {n}": "The amount due is 12 dollars." for n in range(4)},
}


def sorting(cast: Cast, name: str) -> Task:
    """A task of an agent of its own, on a mailbox of its own, that tells its person in the chat what it did."""
    agent = builders.agent(cast.mia, cast.support, name=f"Triage {name}")
    box = builders.mail(cast.ada, cast.support, builders.maildir(name, MESSAGES), name=f"Mailbox {name}")
    for capability in ("mail.list", "mail.read", "mail.label", "mail.draft"):
        opened = Terms(limits=builders.OPENED.get(capability, {}))
        builders.grant(agent, box, capability, by=cast.ada, terms=opened)
    room = builders.chat(cast.ada, cast.support, name=f"Chat {name}")
    told = Terms(limits={"to": {"only": [cast.mia.email]}, "text": {"words": "any"}})
    builders.grant(agent, room, "chat.post", by=cast.ada, terms=told)
    wanted = list(agent.grants.values_list("capability", "connection_id"))
    return tasks.queue(
        cast.mia, agent, instruction="Sort the inbox, draft answers, tell me.", envelope=wanted
    )


def drafts(task: Task) -> list[str]:
    box = task.agent.grants.get(capability="mail.draft").connection
    folder = Path(box.settings["path"]) / ".Drafts" / "cur"
    files = folder.iterdir() if folder.is_dir() else []
    return sorted(email.message_from_bytes(file.read_bytes())["Subject"] for file in files)


def told(task: Task) -> list[str]:
    """The messages that its person has from it in the portal's chat."""
    found = ChatMessage.objects.filter(task_number=task.pk, to_person=task.person)
    return list(found.values_list("text", flat=True))


def done(task: Task) -> int:
    return Call.objects.filter(task=task, state=Call.State.DONE).count()


def ended(task: Task) -> bool:
    task.refresh_from_db()
    return task.ended


def check_once(task: Task) -> None:
    """Everything happened, nothing twice, and no answer of the model was paid for twice."""
    calls = list(Call.objects.filter(task=task).order_by("pk").values_list("capability", "state", "summary"))
    assert (task.state, task.reason) == (TaskState.SUCCEEDED, {}), (task, task.state, task.reason)
    wanted = [f"Re: Question {n}" for n in range(QUESTIONS)]
    assert drafts(task) == wanted, (task, drafts(task), task.result, calls)
    assert len(told(task)) == 1, (task, told(task), calls)
    assert set(Call.objects.filter(task=task).values_list("state", flat=True)) == {Call.State.DONE}
    assert UsageEvent.objects.filter(task=str(task.pk)).count() == task.steps_done


@contextmanager
def made_queue() -> Iterator[None]:
    """An empty queue whose tables are there: two processes that make them at the same moment lose a message."""
    with own_queue():
        later("agents.rescue")
        yield


@contextmanager
def beat(seconds: float = 5.0) -> Iterator[None]:
    """What the clock sends to the workers."""
    over = threading.Event()

    def send() -> None:
        while not over.wait(seconds):
            later("agents.rescue")
        connection.close()

    clock = threading.Thread(target=send)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def tell(what: str, took: list[float]) -> None:
    print(f"\n{what}: {len(took)} times, median {statistics.median(took):.1f} s, worst {max(took):.1f} s")
