"""Work of one person, and what a page says to a reader: for the test that nobody reads anybody else's volume."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents import gate
from agents.grants.models import Grant
from agents.lifecycle.tasks import fail_task, finish_task
from agents.queue.models import Call, Task
from metering import budgets
from metering.usage.calls import ModelCall
from metering.usage.ledger import record
from portal.people.models import Person
from tests.agents import transcripts
from tests.cast import as_
from tests.doors import DOORS
from tests.world import World

# Addresses with filters: what a list answers to a search must not tell more than the list does.
FILTERED = (
    ("queue:list", "?words={name}"),
    ("queue:list", "?agent={agent}"),
    ("queue:list", "?state=failed"),
    ("approvals:list", "?state=closed"),
    ("registry:list", "?q=triage&state=any"),
    ("registry:record", "?outcome=same"),
    ("people:suggestions", "?q={name}"),
    ("usage:refusals", "?search=portal"),
)
# What may differ with somebody else's volume: (address, who opens it) and why.
EXEMPT = {
    ("audit:list", "aud"): "the trail is the auditor's work: every decision is on the record, with its actor",
    ("audit:export", "aud"): "the same as a file",
    ("home", "aud"): "the latest entries of the trail, on the auditor's start page",
    ("people:deactivation", "ada"): "an admin who deactivates somebody is told how many tasks end with it",
}
# What a reader says with a button, where it asks for something.
SAID = {
    "queue:feedback": {"thumb": "up"},
    "grants:decision": {"answer": "nothing"},
    "approvals:answer": {"answer": "no"},
    "people:acknowledgement": {"answer": "mine"},
}
MADE = r'<time class="near"[^>]*>[^<]*</time>|(?<=/)\d+(?=/)|[Tt]ask \d+|seen=\w+\.\w+'
NOISE = (
    r"hx-headers='[^']*'",
    r'<input type="hidden" name="[a-z_]*" value="[^"]*">',  # tokens, one-time marks, versions
    r'<input type="hidden" name="seen" value="[^"]*">',
    r'nonce="[^"]*"',
    r"/invitation/[^<\s]+",  # a link that was just made
    r'id="code" value="[^"]*"',  # so is this, to be sent in a chat
    r"/notices/mail/[^/'<\s]+",  # signed with the moment
)


def work(person: Person, world: World, key: str, *, opened: bool = False) -> None:
    """A task of the person's with the world's agent: done, read by nobody else, paid for; one fails, one runs on."""
    agent, number = world.agent, 3
    for how in ("finish", "fail", "run"):
        task = transcripts.running(person, agent, f"Sort the inbox of {key}")
        step = transcripts.step(task)
        if opened:
            _list(task, world)
        read = Grant.objects.get(agent=agent, capability="mail.read")
        transcripts.calls(step, read, number)
        would = {"same": True, "text": "private", "by_agent": False}
        transcripts.calls(step, read, 12, state=Call.State.WOULD, capability="mail.label", observed=would)
        Grant.objects.filter(agent=agent).update(used=F("used") + number, last_used_at=timezone.now())
        caller = budgets.Caller(
            f"{key}-{how}", str(task.pk), agent.pk, str(agent), agent.team_id, agent.team.cost_centre
        )
        cost = record(_call(person, world, task, f"{key}-{how}"))
        budgets.settle(caller, micros=cost.micros if cost else None)
        if how == "finish":
            finish_task(str(agent), task, result="Done.", counts={"read": number})
        elif how == "fail":
            fail_task(str(agent), task, reason=_reason(), counts={})


def _list(task: Task, world: World) -> None:
    """The task uses Mia's own mailbox, where she opened it to the task's person: she is told of that."""
    gate.call(
        task,
        transcripts.step(task, 2),
        0,
        tool_call_id="1",
        tool_name="mail_list",
        capability="mail.list",
        connection=world.own_box.pk,
        arguments={},
    )


def _reason() -> dict[str, object]:
    return {"code": "limit_steps", "params": {"most": 40}}


def _call(person: Person, world: World, task: Task, key: str) -> ModelCall:
    return ModelCall(
        source="portal",
        key=key,
        at=timezone.now(),
        person_id=person.pk,
        team_id=world.agent.team_id,
        agent_id=world.agent.pk,
        agent_name=str(world.agent),
        task=str(task.pk),
        provider="openai",
        model="gpt-4o",
        input_tokens=4_321,
        output_tokens=765,
    )


PULSE = ("ready", "metrics")  # what a monitor asks: it tells ages and sums of the whole portal, and of nobody


def addresses(world: World, about: Person) -> Iterator[tuple[str, str]]:
    for name, (method, target, _) in DOORS.items():
        if method == "GET" and name not in PULSE:
            yield name, reverse(name, args=world.arguments(target))
    for name, query in FILTERED:
        url = reverse(name, args=world.arguments(DOORS[name][1]))
        yield name, url + query.format(name=about.display_name.split()[0], agent=world.agent.pk)


def posted(reader: Person, world: World) -> dict[str, str]:
    """What each button answers this reader, page after it included. What it did is undone."""
    answers = {}
    for name, (method, target, _) in DOORS.items():
        if method != "POST" or name in ("sign-out", "people:sign-outs", "rights:export"):
            continue
        with transaction.atomic():
            answer = as_(reader).post(
                reverse(name, args=world.arguments(target)), SAID.get(name, {}), follow=True
            )
            text = _plain(f"{answer.redirect_chain} {answer.status_code}", answer)
            # What was just made has another number, and its entry the database's own time.
            answers[f"{name} (posted)"] = re.sub(MADE, "", text)
            transaction.set_rollback(True)
    return answers


def read(reader: Person, every: list[tuple[str, str]]) -> dict[str, str]:
    """Every page that can be opened, as this reader gets it, by name and address. That they looked is undone."""
    pages = {}
    with transaction.atomic():
        browser: Client = as_(reader)
        for name, url in every:
            answer = browser.get(url)
            pages[f"{name} {url}"] = _plain(f"{answer.status_code} {answer.get('Location', '')}", answer)
        transaction.set_rollback(True)
    return pages


def _plain(head: str, answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = f"{head}\n{body.decode()}"
    for pattern in NOISE:
        text = re.sub(pattern, "", text)
    return text
