"""Checks before each model call whether the task must end: its person's rights, a stop, its agent, its limits."""

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, QuerySet, Subquery

from agents.authority import barred, may_operate
from agents.policy.rules import BARRED
from agents.queue.models import Task
from agents.reasons import of_rules
from agents.registry.models import Agent
from agents.stops.models import Stop
from portal.prepared import Prepared
from portal.reasons import OTHERS, Stored, because, render_reason


def _standing(agent: int, person: int) -> QuerySet[Agent]:
    stop = Stop.objects.ending(OuterRef("pk")).order_by("id").values("pk")[:1]
    operates = ExpressionWrapper(may_operate(person, agent), output_field=BooleanField())
    return Agent.objects.filter(pk=agent).order_by().annotate(stop=Subquery(stop), operates=operates)


# The agent as it is now, with the stop that ends its tasks, and whether the task's person may operate it.
_STANDING = Prepared(_standing, agent=int, person=int)


class GiveUp(Exception):
    """The task cannot go on; ``reason`` tells a reader why and what to do."""

    def __init__(self, reason: Stored) -> None:
        super().__init__(render_reason(reason, OTHERS))
        self.reason = reason


def within_limits(task: Task) -> None:
    """Raises GiveUp naming the limit and who can change it. What was used shows to the task's own person beside it."""
    agent = _now(task)
    if not agent.operates and (why := barred(task.person_id, task.agent_id)):  # type: ignore[attr-defined]
        raise GiveUp(of_rules(BARRED[why]))
    _refuse_stopped(agent)
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
    agent = _now(task)
    _refuse_stopped(agent)
    return agent


def _now(task: Task) -> Agent:
    (agent,) = _STANDING.objects(agent=task.agent_id, person=task.person_id)
    return agent


def _refuse_stopped(agent: Agent) -> None:
    found: int | None = agent.stop  # type: ignore[attr-defined]
    if found and (stop := Stop.objects.for_reading().filter(pk=found).first()):
        raise GiveUp(because("task_stopped", who=stop.who, scope=str(stop), why=stop.reason, lifts=stop.lift))
