"""Facts about one model call for the ledger: its tokens, and whether it repeats the step before."""

from typing import Any

from pydantic_ai.messages import ModelResponse, ToolCallPart
from pydantic_ai.usage import RequestUsage

from agents.queue.models import Step, Task
from agents.runtime import transcript
from agents.storable import storable
from portal.prepared import Prepared

FAILED = ("error", "content_filter")  # how a model breaks off

_BY_ITSELF = Prepared(
    lambda task: (
        Task.objects.filter(pk=task, run__isnull=False).exclude(run__how="hand").order_by().values_list("pk")
    ),
    task=int,
)


def step_fields(task: Task, response: ModelResponse, number: int) -> dict[str, Any]:
    """Facts about this model call: ``retried`` when it asks for the same calls as the step before.

    What its calls will change is not known yet; the task's facts say it when it has ended.
    """
    wanted = transcript.calls_in(response)
    before = Step.objects.filter(task=task, number=number - 1).first() if wanted else None
    earlier = transcript.calls_in(transcript.load(before.response)) if before is not None else []
    same = bool(wanted) and [(part.tool_name, arguments(part)) for part in wanted] == [
        (part.tool_name, arguments(part)) for part in earlier
    ]
    return {
        "trigger": "schedule" if _BY_ITSELF.rows(task=task.pk) else "manual",
        "turn": number,
        "failed": response.finish_reason in FAILED,
        "retried": same,
        "tool_calls": len(wanted),
    }


def tokens(usage: RequestUsage) -> dict[str, Any]:
    """What the call read and wrote, as the ledger counts it: what was read includes what was cached.

    Gateways that count cached tokens apart say more of them than of all that was read: the sum is meant.
    """
    read, cached = usage.input_tokens, usage.cache_read_tokens + usage.cache_write_tokens
    return {
        "input_tokens": read + cached if cached > read else read,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
    }


def arguments(part: ToolCallPart) -> dict[str, object]:
    """What the model wrote, as far as it can be read; what cannot is an argument that no capability has."""
    try:
        read = part.args_as_dict()
    except (ValueError, AssertionError):
        read = {"unreadable": str(part.args)[:200]}
    return dict(storable(read))
