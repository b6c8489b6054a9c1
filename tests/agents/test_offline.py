"""The offline model: the same conversation gives the same answer, and every turn that a mailbox can take is handled."""

import shutil
from pathlib import Path

import pytest

from agents.connectors.chat.models import ChatMessage
from agents.connectors.mail.triage import BATCH
from agents.connectors.plugins import AgentsPlugin
from agents.grants.actions import Terms
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import claim_task
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from agents.registry import actions as registry
from agents.runtime import loop
from agents.runtime.offline import model
from agents.runtime.transcript import Transcript
from portal import plugins
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SKILLS = [skill for plugin in plugins.of_kind(AgentsPlugin) for skill in plugin.offline_skills]
CANNOT = " ".join([model.WHAT_I_AM, *(skill.says for skill in SKILLS), model.FOR_OTHER_WORK])
SORT = "Sort the inbox and tell me what you found."
QUESTION = "Could you tell me the price of a lamp?"


def said(task: Task) -> str:
    """Why the model broke off, in its own words: they stay in its last step."""
    assert task.reason["code"] == "model_broke_off"
    return task.steps.get(number=task.steps_done).text


@pytest.fixture
def mailbox() -> Path:
    return builders.maildir()


def run(cast: Cast, mails: dict[str, str], instruction: str = SORT, change=lambda agent, box: None) -> Task:
    agent, box = builders.triage(cast, mails or None, opened=True)
    change(agent, box)
    task = builders.unnarrowed(tasks.queue(cast.mia, agent, instruction=instruction))
    loop.run(task.pk)
    task.refresh_from_db()
    return task


def begun(cast: Cast, mails: dict[str, str]) -> Task:
    """A task that has listed the mailbox."""
    agent, _ = builders.triage(cast, mails, opened=True)
    task = claim_task(builders.unnarrowed(tasks.queue(cast.mia, agent, instruction=SORT)).pk, worker="first")
    assert loop._step(task, Transcript(task)) is False
    return task


def gone_on(task: Task) -> Task:
    tasks.resume("Agent Portal", Task.objects.get(pk=task.pk), why="test")
    loop.run(task.pk)
    task.refresh_from_db()
    return task


def made(task: Task, capability: str, state: str = Call.State.DONE) -> int:
    return Call.objects.filter(task=task, capability=capability, state=state).count()


def test_pages_and_batches_of_a_large_mailbox(cast, mailbox):
    task = run(cast, {f"Question {n}": QUESTION if n % 10 == 0 else "Hello." for n in range(60)})
    assert task.state == TaskState.SUCCEEDED
    assert [made(task, f"mail.{one}") for one in ("list", "read", "label", "draft")] == [2, 60, 60, 6]
    assert max(step.calls.filter(capability="mail.read").count() for step in task.steps.all()) == BATCH
    assert task.counts == {"read": 60, "labelled": 60, "drafted": 6}
    assert "I read 60 messages.\nLabelled: 54 Other, 6 Questions.\n6 drafts wait" in task.result


def test_an_empty_mailbox_is_said_to_be_empty(cast, mailbox):
    shutil.rmtree(mailbox)
    agent = builders.agent(cast.mia, cast.support)
    box = builders.mail(cast.ada, cast.support, builders.maildir())
    builders.grant(agent, box, "mail.list", by=cast.ada)
    task = builders.unnarrowed(tasks.queue(cast.mia, agent, instruction=SORT))
    loop.run(task.pk)
    task.refresh_from_db()
    assert task.result == "The inbox is empty: there was nothing to sort."
    assert task.calls.count() == 1


def test_a_second_task_leaves_what_is_sorted(cast, mailbox):
    first = run(cast, {"Hello": QUESTION})
    second = builders.unnarrowed(tasks.queue(cast.mia, first.agent, instruction=SORT))
    loop.run(second.pk)
    second.refresh_from_db()
    assert second.result == "There was nothing new to sort: every message has a label already."
    assert made(second, "mail.read") == 0


def test_a_label_that_the_grant_leaves_out_is_named_and_the_rest_goes_on(cast, mailbox):
    def narrow(agent, box):
        revoke_grant(cast.ada, agent.grants.get(capability="mail.label"))
        only = Terms(limits={"label": {"only": ["Questions"]}})
        builders.grant(agent, box, "mail.label", by=cast.ada, terms=only)

    task = run(cast, {"Hello": QUESTION, "Invoice 1": "amount due", "Invoice 2": "amount due"}, change=narrow)
    assert task.state == TaskState.SUCCEEDED
    assert (made(task, "mail.label"), made(task, "mail.label", Call.State.DENIED)) == (1, 2)
    assert "Labelled: 1 Questions." in task.result
    assert "Not done, 2 in all:\n- mail.label " in task.result
    assert "The grant allows Label only as “Questions”; it was “Invoices”." in task.result


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ({"mail.list"}, CANNOT),
        ({"mail.read"}, "I could not read the messages: "),
        ({"mail.label"}, "I read 1 message."),
        ({"mail.draft"}, "I read 1 message.\nLabelled: 1 Questions."),
        ({"mail.list", "mail.read", "mail.label", "mail.draft", "mail.move"}, CANNOT),
    ],
)
def test_without_a_grant_it_does_the_rest_and_says_what_not(cast, mailbox, without, words):
    def less(agent, box):
        for grant in agent.grants.filter(capability__in=without):
            revoke_grant(cast.ada, grant)

    task = run(cast, {"Hello": QUESTION}, change=less)
    failed = {"mail.list", "mail.read"} & without
    assert task.state == (TaskState.FAILED if failed else TaskState.SUCCEEDED)
    assert (said(task) if failed else task.result).startswith(words)
    assert made(task, "mail.draft") == 0


@pytest.mark.parametrize("instruction", ["What is the capital of France?", "Deploy the shop", "…"])
def test_what_is_not_about_mail_it_cannot_do_and_says_so(cast, mailbox, instruction):
    task = run(cast, {"Hello": QUESTION}, instruction)
    assert (task.state, said(task), task.calls.count()) == (TaskState.FAILED, CANNOT, 0)


def test_one_message_that_cannot_be_read_keeps_no_other(cast, mailbox):
    task = begun(cast, {"Invoice": "amount due", "Hello": "Hello.", "Lamp": "Hello."})
    next((mailbox / "new").iterdir()).unlink()
    task = gone_on(task)
    assert (task.state, made(task, "mail.label")) == (TaskState.SUCCEEDED, 2)
    assert "Not done, 1 in all:\n- mail.read " in task.result


@pytest.mark.parametrize("messages", [1, 3])
def test_a_mailbox_that_vanishes_during_the_task_fails_it_with_the_reason(cast, mailbox, messages):
    task = begun(cast, {f"Invoice {n}": "amount due" for n in range(messages)})
    mailbox.rename(mailbox.with_name("moved away"))
    try:
        task = gone_on(task)
    finally:
        mailbox.with_name("moved away").rename(mailbox)
    assert (task.state, task.result) == (TaskState.FAILED, "")
    assert "folder" in said(task)
    assert len(list((mailbox / "new").iterdir())) == messages


def test_shadow_mode_says_what_it_would_have_done(cast, mailbox):
    task = run(cast, {"Hello": QUESTION}, change=lambda agent, box: registry.go_shadow(cast.mia, agent))
    assert task.result == (
        "I read 1 message.\nI would have labelled: 1 Questions.\nI would have written 1 draft.\nWhy:\n"
        "- “Hello”: Questions. It asks: “Could you tell me the price of a lamp?” I would have drafted an answer."
    )


def test_it_posts_only_to_the_person_it_acts_for(cast, mailbox):
    def with_chat(agent, box):
        builders.grant(agent, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada)
        cast.mia.display_name = "Mia <olga.petrova@example.com>"
        cast.mia.save()

    task = run(cast, {"Hello": QUESTION}, change=with_chat)
    assert task.state == TaskState.SUCCEEDED
    assert Call.objects.get(capability="chat.post").arguments["to"] == "mia.park@example.com"
    (message,) = ChatMessage.objects.all()
    assert (message.to_person, message.text) == (cast.mia, task.result)


def test_a_team_that_is_named_gets_the_numbers_and_that_asks(cast, mailbox):
    def with_chat(agent, box):
        builders.grant(agent, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada)

    task = run(cast, {"Hello": QUESTION}, f"{SORT} Post the counts to Support.", change=with_chat)
    assert task.state == TaskState.WAITING
    (waiting,) = Call.objects.filter(state=Call.State.ASKED)
    assert waiting.arguments["to"] == "Support"
    assert waiting.arguments["text"] == "I read 1 message.\nLabelled: 1 Questions.\n1 draft waits in Drafts."
    assert ChatMessage.objects.get().to_person == cast.mia
