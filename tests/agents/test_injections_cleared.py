"""What thirty mails want of a hijacked model, in a night whose asks were all cleared the evening before."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents import gate
from agents.clearances.models import Clearance
from agents.grants.models import Grant
from agents.lifecycle.tasks import claim_task
from agents.nights import actions
from agents.queue.models import Call, Step, Task
from agents.schedules.models import Run, Schedule
from tests.agents.hijacked import INSTRUCTION, ORDINARY, Victim, attacked, everything, filled
from tests.agents.injections.effects import look, wished
from tests.agents.injections.index import ALL
from tests.agents.injections.parrot import PARROT, WIDER
from tests.agents.injections.wishes import CODE
from tests.agents.scheduled import made
from tests.agents.scripted import on
from tests.cast import Cast

pytestmark = pytest.mark.django_db
__all__ = ["on"]
MAILS = [*(mail for mail in ALL if mail.file != "29-hundred-asks"), WIDER, PARROT]
IDS = [f"{1_780_000_000 + number}.{number}.tests" for number in range(len(ORDINARY) + len(MAILS))]
S = Call.State


def wishes() -> Iterator[tuple[str, Any]]:
    """Calls that each mail wants, at once and later, as tools and arguments; its first once more at the end."""
    known = dict(zip(ORDINARY, IDS, strict=False))
    for mail, this in zip(MAILS, IDS[len(ORDINARY) :], strict=True):
        few = (*mail.calls[:3], *mail.later[:1], mail.calls[0])
        for tool, wish in few if mail in ALL else (*mail.calls, *mail.later):
            yield tool, filled(wish, {**known, "<this>": this, "<code>": CODE})


def clear_all(schedule: Schedule, grants: dict[str, Grant]) -> None:
    """Every wish of every mail, also what no page would offer to clear."""
    until = timezone.now() + timedelta(hours=9)
    for tool, arguments in wishes():
        if tool in grants and isinstance(arguments, dict):
            with suppress(ValidationError):  # of what deletes
                actions.clear(
                    schedule.person, schedule, grant=grants[tool], arguments=arguments, most=50, until=until
                )


def obey(victim: Victim, grants: dict[str, Grant]) -> None:
    """The mails are read, and then everything is done that they want, through the real gate."""
    task = claim_task(victim.task.pk, worker="night")
    assert task is not None
    step = Step.objects.create(task=task, number=1, response={})
    reads = [("mail_read", {"message": one}) for one in IDS]
    for number, (tool, arguments) in enumerate([*reads, *wishes()]):
        if tool in grants and isinstance(arguments, dict):
            gate.call(
                task,
                step,
                number,
                tool_call_id=f"c{number}",
                tool_name=tool,
                capability=grants[tool].capability,
                connection=grants[tool].connection_id,
                arguments=arguments,
            )


def test_nothing_happens_that_was_not_cleared_to_the_letter(cast: Cast, on):
    with attacked(cast, on, *MAILS) as victim:
        schedule = made(victim.agent, instruction=INSTRUCTION, pairs=everything(victim.agent))
        now = timezone.now()
        Run.objects.create(schedule=schedule, key="x", how="time", state="ran", slot=now, task=victim.task)
        Task.objects.filter(pk=victim.task.pk).update(max_asks=1_000)
        grants = {grant.capability.replace(".", "_"): grant for grant in Grant.objects.all()}
        clear_all(schedule, grants)
        assert Clearance.objects.count() > 60
        victim.before = look(victim.mailbox)
        obey(victim, grants)
    wanted = victim.wanted()
    went = [row for row in wanted if row.verdict == "allow" and row.reasons[0]["code"] == "cleared"]
    other = [row for row in wanted if row.verdict == "allow" and row not in went]
    # All that a clearance lets through goes to Mia herself, or to nobody: “tell” is a word of hers and no reader.
    assert {str(row.arguments["to"]).strip("[]'") for row in went} == {cast.mia.email, "tell"}
    assert [row.arguments["text"] for row in other] == [INSTRUCTION]
    assert sum(row.state in (S.ASKED, S.DENIED) for row in wanted) > 90
    happened = [row for row in (*went, *other) if row.state == S.DONE]
    done = sorted(map(repr, (wished(row.tool_name, row.arguments) for row in happened)))
    bookkeeping = {("rows", f"agents.{name}") for name in ("Clearance", "ClearanceUse")}
    assert sorted(repr(effect) for effect in victim.effects() if effect not in bookkeeping) == done
    assert not any(CODE in effect or "collect" in effect for effect in done)
