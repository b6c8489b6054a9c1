"""What follows when something ended that a task waited for: its end, calls that rules propose, or its next step."""

from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from agents.approvals.waiting import open_questions
from agents.connectors.results import Ended, Proposed
from agents.lifecycle.tasks import finish_task
from agents.queue import actions as tasks
from agents.queue import wakes
from agents.queue.models import Call, Step, Task
from agents.queue.moves import fenced
from agents.queue.states import TaskState
from agents.queue.wakes import Wake
from agents.runtime import transcript
from agents.runtime.ending import counts
from agents.storable import storable
from portal.audit.record import PORTAL, Acting
from portal.reasons import because

RULES = "rules"  # as the model of a step that no model made


def follow(row: Call, wake: Wake, ended: Ended) -> None:
    """Its call is closed, and its task, which is locked, waits. Where that waits for nothing else it goes on now."""
    task = row.task
    if _waits(task):
        wakes.show(task)
    elif (one := _first_granted(row, ended)) is not None:
        _propose(task, row, ended, one)
        go_on(task)
    elif wake.last and ended.judged and _alone(row):
        said = storable(ended.words or ended.result.summary)
        finish_task(Acting(task.agent), task, result=said, counts=counts(task))
    else:
        go_on(task)


def go_on(task: Task) -> None:
    """Back to the queue, where it waits for nothing any more."""
    if task.state == TaskState.WAITING and not _waits(task):
        tasks.resume(PORTAL, task, why=because("wake_ended"))


def show(task: Task) -> None:
    if not open_questions(task):
        wakes.show(task)


def _waits(task: Task) -> bool:
    return bool(open_questions(task) or wakes.first_open(task))


def _alone(row: Call) -> bool:
    """Was it all that the last step asked for?"""
    last = Step.objects.filter(task=row.task).order_by("-number").first()
    return last is not None and last.pk == row.step_id and last.calls.count() == 1


def _first_granted(row: Call, ended: Ended) -> Proposed | None:
    """Of what follows, the first that the task may use: what nobody granted would only be refused."""
    names = {one.capability for one in ended.proposes}
    live = row.task.agent.grants.live().for_tasks_of(row.task.person_id).filter(connection=row.connection_id)
    held = set(live.filter(capability__in=names).values_list("capability", flat=True))
    if row.task.envelope is not None:
        held &= {name for name, place in row.task.envelope if place == row.connection_id}
    return next((one for one in ended.proposes if one.capability in held), None)


def _propose(task: Task, row: Call, ended: Ended, one: Proposed) -> None:
    """A step as a model makes one, with a call and no tokens. Its call is decided on as any other's."""
    number = task.steps_done + 1
    part = ToolCallPart(one.capability.replace(".", "_"), dict(one.arguments), f"{RULES}-{number}")
    words = ended.words or ended.result.summary
    meant = {part.tool_name: [one.capability, row.connection_id]}
    response = ModelResponse(parts=[TextPart(words), part], model_name=RULES, metadata={"meant": meant})
    fenced(task, ended=True)
    Step.objects.create(task=task, number=number, response=transcript.dump(response), text=storable(words))
    Task.objects.filter(pk=task.pk).update(steps_done=number)
    task.steps_done = number
