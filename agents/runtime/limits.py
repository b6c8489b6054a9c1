"""What ends a task before its next model call: rights of its person, a stop, an idle agent, a limit of its own."""

from django.db.models import OuterRef, Subquery

from agents.authority import barred
from agents.policy.rules import BARRED
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.words import duration, money, plural


class GiveUp(Exception):
    """The task cannot go on; the message tells a reader why and what to do."""


def within_limits(task: Task) -> None:
    """Raises GiveUp naming the limit and who can change it. What was used shows to the task's own person beside it."""
    if why := barred(task.person_id, task.agent_id):
        raise GiveUp(BARRED[why].text)
    agent = not_stopped(task)
    if agent.state != Agent.State.ACTIVE:
        note = f" ({agent.state_note})" if agent.state_note else ""
        raise GiveUp(
            f"The agent is {agent.get_state_display().lower()}{note}. Its managers can let it work again."
        )
    for used, most, said in (
        (task.steps_done, task.max_steps, plural(task.max_steps, "step")),
        (task.tokens, task.max_tokens, plural(task.max_tokens, "token")),
        (task.cost_micros or 0, task.max_cost_micros, money(task.max_cost_micros)),
        (task.seconds_worked, task.max_seconds, f"{duration(task.max_seconds)} of work"),
    ):
        if used >= most:
            raise GiveUp(
                f"The task has reached its limit of {said}. "
                "The agent's managers can raise the limit; then queue it again."
            )


def not_stopped(task: Task) -> Agent:
    """The agent as it is now. Raises GiveUp naming who stopped it, or everything, and why."""
    standing = Stop.objects.ending(OuterRef("pk")).order_by("id").values("pk")[:1]
    agent = Agent.objects.annotate(stop=Subquery(standing)).get(pk=task.agent_id)
    found: int | None = agent.stop  # type: ignore[attr-defined]
    if found and (stop := Stop.objects.for_reading().filter(pk=found).first()):
        why = f" ({stop.why})" if stop.why else ""
        raise GiveUp(f"{stop.who} stopped {stop}{why}. {stop.lifts} Then queue it again.")
    return agent
