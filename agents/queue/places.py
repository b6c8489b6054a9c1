"""Places at work: how many tasks of one agent are under way at once. One that waits for people takes none."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from agents.queue.models import Task
from agents.queue.sending import send
from agents.queue.states import AT_WORK, TaskState
from agents.registry.models import Agent
from portal.locking import lock_until_commit

# Between two steps a task is in the queue, and keeps its place.
TAKEN = Q(state__in=AT_WORK) | Q(state=TaskState.QUEUED, handed=True)


def full_agents() -> QuerySet[Agent]:
    """Those of which as many tasks are under way as may be."""
    taken = Task.objects.filter(TAKEN, agent=OuterRef("pk")).order_by().values("agent")
    counted = taken.annotate(number=Count("pk")).values("number")
    limited = Agent.objects.filter(most_at_once__isnull=False)  # of the others nothing is counted
    return limited.filter(most_at_once__lte=Subquery(counted)).order_by()


def one_by_one(task: Task) -> None:
    """In the transaction of a claim: tasks of an agent with a limit are claimed one after the other."""
    if task.agent.most_at_once is not None:
        lock_until_commit(f"places of agent {task.agent_id}")


def before_it(task: Task) -> int:
    """So many tasks of its agent are under way, and the queued one waits for one of them; 0: it waits for none."""
    if task.agent.most_at_once is None or task.between_steps:
        return 0
    taken = Task.objects.filter(TAKEN, agent=task.agent_id).count()
    return taken if taken >= task.agent.most_at_once else 0


def left(task: Task) -> None:
    """A task has left its place: the next of its agent, which may wait for that, is sent again.

    Without a limit every task's own message is enough.
    """
    if task.agent.most_at_once is None:
        return
    waiting = Task.objects.due().filter(agent=task.agent_id, handed=False).in_order()
    if (following := waiting.only("asks_model").first()) is not None:
        send(following)
