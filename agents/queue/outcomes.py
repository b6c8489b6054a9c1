"""A task's results: the work items credited to it, its line for a colleague, its person's feedback."""

from dataclasses import dataclass
from datetime import UTC

from agents.queue.models import Call, Task
from agents.queue.task_facts import changing
from metering.outcomes.claims import CreditedTask
from metering.outcomes.models import Feedback, WorkItem
from metering.outcomes.states import Line, lines

SOURCE = "portal"  # as metering knows this portal's own tasks
MOST = 50  # items on the page of a task


@dataclass(frozen=True, slots=True)
class Outcomes:
    """``first``: items that it carried first. How many it carries that another task of its person carried first
    (``others``), and a task of somebody else (``foreign``). ``thumb``: True up, False down, None not given.
    """

    first: list[Line]
    others: int
    foreign: int
    thumb: bool | None


def outcomes(task: Task) -> Outcomes | None:
    """For the task's own person; None as long as there is nothing to say."""
    carried = WorkItem.objects.credited_to(SOURCE, str(task.pk)).select_related("asked_of", "verified_by")
    items = list(carried[:MOST])
    if not items and not task.ended:
        return None
    first = [item for item in items if (item.source, item.task) == (SOURCE, str(task.pk))]
    thumb = Feedback.objects.of(task.person, SOURCE, str(task.pk)).values_list("up", flat=True).first()
    foreign = sum(item.person_id != task.person_id for item in items)
    return Outcomes(lines(first), len(items) - len(first) - foreign, foreign, thumb)


def credited(task: Task) -> CreditedTask:
    return CreditedTask(
        source=SOURCE,
        task=str(task.pk),
        person_id=task.person_id,
        team_id=task.agent.team_id,
        began_at=task.created_at,
        changed=changing(task).filter(state=Call.State.DONE).exists(),
        agent_id=task.agent_id,
        agent_name=str(task.agent),
        summary=summary(task),
    )


def summary(task: Task) -> str:
    """One line for a colleague who is asked to confirm: which agent, when, what it did in numbers."""
    day = task.created_at.astimezone(UTC).date()
    line = f"A task of {task.agent}, {day.day} {day:%B %Y} (UTC)"
    done = ", ".join(f"{number} {word}" for word, number in task.counts.items())
    return f"{line}: {done}" if done else line
