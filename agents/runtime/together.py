"""Several calls in one structured answer: offered to language models as one more tool, and taken apart before the gate.

Nothing is allowed by it: each call that it stands for is stored, decided and shown like any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, ModelResponsePart, ToolCallPart
from pydantic_ai.tools import ToolDefinition

from agents.connectors.offline import Conversation
from agents.connectors.plugins import AgentsPlugin, Together
from agents.runtime.bounds import MOST_CALLS
from agents.runtime.offline.model import read
from agents.runtime.tools import Tool
from portal import plugins


@dataclass(frozen=True, slots=True)
class Offered:
    """One on one connection: ``tools`` are those that it stands for, by capability."""

    together: Together
    name: str
    tools: Mapping[str, str]

    @property
    def definition(self) -> ToolDefinition:
        return ToolDefinition(
            name=self.name,
            description=self.together.says,
            parameters_json_schema=dict(self.together.schema),
        )


def offered(tools: Mapping[str, Tool]) -> dict[str, Offered]:
    """By name, for each connection on which there is all that it needs."""
    every = [one for plugin in plugins.of_kind(AgentsPlugin) for one in plugin.together]
    found: dict[str, Offered] = {}
    for together in every:
        for place in dict.fromkeys(tool.connection for tool in tools.values()):
            here = {tool.capability: tool.name for tool in tools.values() if tool.connection == place}
            if together.needs <= set(here):
                name = together.name if together.name not in found else f"{together.name}_{place}"
                stands_for = {key: here[key] for key in together.needs | together.also if key in here}
                found[name] = Offered(together, name, stands_for)
    return found


def apart(
    response: ModelResponse, offers: Mapping[str, Offered], history: list[ModelMessage], tools: list[str]
) -> ModelResponse:
    """The response with the calls that it stands for. One that is none stays, and is refused as what nobody offers."""
    called = {part.tool_name for part in response.parts if isinstance(part, ToolCallPart)}
    if called.isdisjoint(offers):
        return response
    seen = read(history, tools)
    parts: list[ModelResponsePart] = []
    for part in response.parts:
        single = list(_apart(part, offers, seen)) if isinstance(part, ToolCallPart) else [part]
        parts += single if len(parts) + len(single) <= MOST_CALLS else [part]
    return replace(response, parts=parts)


def _apart(part: ToolCallPart, offers: Mapping[str, Offered], seen: Conversation) -> Iterator[ToolCallPart]:
    offer = offers.get(part.tool_name)
    try:
        wanted = offer.together.calls(_arguments(part), offer.tools, seen) if offer else []
    except ValueError:
        wanted = []
    if not wanted:
        yield part
    for number, (name, arguments) in enumerate(wanted):
        yield ToolCallPart(name, arguments, tool_call_id=f"{part.tool_call_id}-{number}")


def _arguments(part: ToolCallPart) -> dict[str, Any]:
    """Raises ValueError where what the model wrote cannot be read."""
    try:
        return part.args_as_dict()
    except AssertionError as error:
        raise ValueError("no object") from error
