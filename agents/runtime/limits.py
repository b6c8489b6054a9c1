"""Checks before each model call whether the task must end: its person's rights, a stop, its agent, its limits."""

from django.db.models import OuterRef, Subquery

from agents.authority import barred
from agents.policy.rules import BARRED
from agents.queue.models import Task
from agents.reasons import of_rules
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.reasons import OTHERS, Stored, because, render_reason


class GiveUp(Exception):
    """The task cannot go on; ``reason`` tells a reader why and what to do."""

    def __init__(self, reason: Stored) -> None:
        super().__init__(render_reason(reason, OTHERS))
        self.reason = reason


def within_limits(task: Task) -> None:
    """Raises GiveUp naming the limit and who can change it. What was used shows to the task's own person beside it."""
    if why := barred(task.person_id, task.agent_id):
        raise GiveUp(of_rules(BARRED[why]))
    agent = not_stopped(task)
    if agent.state != Agent.State.ACTIVE:
        raise GiveUp(because("agent_not_active", state=agent.get_state_display().lower()))
    for code, used, most in (
        ("limit_steps", task.steps_done, task.max_steps),
        ("limit_tokens", task.tokens, task.max_tokens),
        ("limit_cost", task.cost_micros or 0, task.max_cost_micros),
        ("limit_time", task.seconds_used, task.max_seconds),
    ):
        if used >= most:
            raise GiveUp(because(code, most=most))


def not_stopped(task: Task) -> Agent:
    """The agent as it is now. Raises GiveUp naming who stopped it, or everything, and why."""
    standing = Stop.objects.ending(OuterRef("pk")).order_by("id").values("pk")[:1]
    agent = Agent.objects.annotate(stop=Subquery(standing)).get(pk=task.agent_id)
    found: int | None = agent.stop  # type: ignore[attr-defined]
    if found and (stop := Stop.objects.for_reading().filter(pk=found).first()):
        raise GiveUp(because("task_stopped", who=stop.who, scope=str(stop), why=stop.reason, lifts=stop.lift))
    return agent
