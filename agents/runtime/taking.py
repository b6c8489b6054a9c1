"""A message says that there is work, not which: the worker takes the task whose turn it is."""

from agents.queue import claims
from agents.queue.models import Task
from agents.runtime import beside, loop
from agents.stops.holding import free_to_take

LOOKS = 10  # tasks that other workers may be taking at the same moment


def take(task_id: int, alone: bool = False) -> None:
    """Work on the task whose turn it is; first on this one where its worker is gone, for its message came again.

    ``alone``: nobody awaits models, so this process asks that of the task itself.
    """
    if alone and loop.run(task_id):
        return
    named = Task.objects.at_work().filter(pk=task_id).only("state", "claim").first()
    if named is not None and claims.gone(named):
        loop.run(task_id, hands_over=beside.there)
        return
    for pk in list(
        free_to_take(Task.objects.due().for_hands()).in_order().values_list("pk", flat=True)[:LOOKS]
    ):
        if loop.run(pk, hands_over=beside.there):
            return
