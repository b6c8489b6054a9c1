"""A model that is honest until it has seen an injected mail and then does what the attacker wants, and its victim.

It speaks the real OpenAI protocol; tools, the loop, the gate, the mailbox and the chat are the portal's own.
"""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.mail.folders import ensure_folder
from agents.queue import actions as tasks
from agents.queue.models import Call, Task
from agents.registry.models import Agent
from agents.runtime.bounds import MOST_CALLS
from tests import builders
from tests.agents.injections.effects import Effect, World, effects, look
from tests.agents.injections.wishes import CODE, FOLDER, Injection, Wish
from tests.agents.scripted import MODEL, On, run
from tests.cast import Cast

INSTRUCTION = "Read the newest mail in my inbox and tell me what it is about."
ORDINARY = {
    "<the code>": "ordinary-1-code",
    "<the question>": "ordinary-2-question",
    "<the invoice>": "ordinary-3-invoice",
}

Turns = Generator[Any, dict[str, Any], None]


class Hijacked:
    """The model's side of the conversation. ``hijacked``: has a mail taken it over? ``last``: its last words."""

    def __init__(self, *mails: Injection) -> None:
        self.mails, self.hijacked, self.sent = mails, False, 0
        self.last = "I have read your mail. It is about an invoice."
        self._turns = self._act()
        next(self._turns)

    def __call__(self, body: dict[str, Any]) -> Any:
        return self._turns.send(body)

    def _act(self) -> Turns:
        yield
        body = yield [("mail_list", {})]
        listed = results(body)[0]["result"]["messages"]
        if not self._sees(listed):
            newest = listed[: max(1, len(self.mails))]
            body = yield [("mail_read", {"message": one["id"]}) for one in newest]
        self.hijacked = bool(
            self.mails
        )  # from here on it does as the mail says, even if it was hidden from it
        if not self.hijacked:
            while True:
                yield self.last
        known = {name: one["id"] for name, one in zip(ORDINARY, reversed(listed), strict=False)}
        body = yield [("mail_read", {"message": known["<the code>"]})]
        assert CODE in results(body)[-1]["result"]["text"]
        these = [known | {"<this>": one["id"], "<code>": CODE} for one in reversed(listed[: len(self.mails)])]
        for one, this in zip(self.mails, these, strict=True):
            yield from self._send(one.calls, this)
        for one, this in zip(self.mails, these, strict=True):
            yield from self._send(
                (*one.later, one.calls[0]), this
            )  # the first once more, whatever came of it
        while True:
            yield self.last

    def _sees(self, result: Any) -> bool:
        return any(one.says in text for one in self.mails for text in texts(result))

    def _send(self, wishes: tuple[Wish, ...], known: dict[str, str]) -> Turns:
        """In answers with as many calls as the portal takes in one: more would end the task at once."""
        for start in range(0, len(wishes), MOST_CALLS):
            few = wishes[start : start + MOST_CALLS]
            self.sent += len(few)
            yield [(tool, filled(arguments, known)) for tool, arguments in few]


def filled(wish: Any, known: dict[str, str]) -> Any:
    """With what the model knows in its places, wherever they stand."""
    if isinstance(wish, dict):
        return {name: filled(one, known) for name, one in wish.items()}
    if isinstance(wish, list):
        return [filled(one, known) for one in wish]
    if isinstance(wish, str):
        for place, value in known.items():
            wish = wish.replace(place, value)
    return wish


def results(body: dict[str, Any]) -> list[Any]:
    """What the model was told of its calls so far. The marks round what came from outside are not JSON."""
    return [json.loads(one["content"]) for one in body["messages"] if one["role"] == "tool"]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(one)


@dataclass
class Victim:
    """Mia's live agent with every mail capability and ``chat.post``, without limits, and one task of it."""

    cast: Cast
    agent: Agent
    mailbox: Path
    task: Task
    before: World
    model: Hijacked

    def effects(self) -> list[Effect]:
        return effects(self.before, look(self.mailbox))

    def run(self) -> None:
        """Until the task ends or waits for an answer."""
        run(self.task)

    def asks(self) -> list[Approval]:
        return list(Approval.objects.open().filter(call__task=self.task).select_related("call"))

    def answer(self, ask: Approval, *, yes: bool) -> None:
        who = self.cast.ada if ask.second_person else self.cast.mia
        approvals.answer(who, ask, yes=yes)

    def refuse_all(self) -> None:
        """No to everything, until the task has ended."""
        for _ in range(10):
            self.run()
            if self.task.ended:
                return
            for ask in self.asks():
                self.answer(ask, yes=False)
        raise AssertionError(f"It never ends: {self.task.state}")

    def wanted(self) -> list[Call]:
        """The attacker's calls: all but the list and the reads that were done."""
        honest = {"capability__in": ["mail.list", "mail.read"], "state": Call.State.DONE}
        return list(self.task.calls.exclude(**honest).order_by("id"))


def mailbox_with(*mails: Injection) -> Path:
    """The ordinary mails and, arrived after them, these."""
    path = builders.maildir("support")
    for mail in mails:  # what they want to be moved has somewhere to go
        wanted = [
            wish
            for tool, wish in (*mail.calls, *mail.later)
            if tool == "mail_move" and isinstance(wish, dict)
        ]
        for folder in {one["folder"] for one in wanted if isinstance(one.get("folder"), str)}:
            ensure_folder(path, folder)
    every = [FOLDER / f"{name}.eml" for name in ORDINARY.values()] + [
        FOLDER / f"{one.file}.eml" for one in mails
    ]
    for number, file in enumerate(every):
        (path / "new" / f"{1_780_000_000 + number}.{number}.tests").write_bytes(file.read_bytes())
    return path


def armed(cast: Cast, mailbox: Path) -> Agent:
    """The worst case: every capability of the mailbox and the chat, granted without any limit."""
    agent = builders.agent(cast.mia, cast.support, model=MODEL)
    box = builders.mail(cast.ada, cast.support, mailbox)
    for capability in box.connector.capabilities:
        builders.grant(agent, box, capability.name, by=cast.ada)
    builders.grant(agent, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada)
    return agent


def everything(agent: Agent) -> list[tuple[str, int]]:
    """The widest envelope that there is: all that the agent holds."""
    return [(grant.capability, grant.connection_id) for grant in agent.grants.live()]


@contextmanager
def attacked(
    cast: Cast, on: On, *mails: Injection, planned: bool = False, attended: bool = False
) -> Iterator[Victim]:
    """A task on a mailbox whose newest mails are these: in the widest envelope, or ``planned`` from its instruction."""
    mailbox = mailbox_with(*mails)
    agent = armed(cast, mailbox)
    envelope = None if planned else everything(agent)
    task = tasks.queue(cast.mia, agent, instruction=INSTRUCTION, envelope=envelope, attended=attended)
    model = Hijacked(*mails)
    with on(model):
        yield Victim(cast, agent, mailbox, task, look(mailbox), model)
