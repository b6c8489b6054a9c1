"""The offline model for pydantic-ai: reads the conversation, answers with tool calls or text."""

import json
from collections.abc import Iterable
from typing import Any

from pydantic_ai.messages import (
    FinishReason,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from agents.connectors import recalling, telling
from agents.connectors.offline import Conversation, Made, Stuck, Turn
from agents.connectors.plugins import AgentsPlugin
from portal import plugins

WHAT_I_AM = "I am the offline model: a set of fixed rules, not a language model."
FOR_OTHER_WORK = "For other work, choose a language model on the agent's page."


class OfflineModel(Model):
    """Deterministic: the same conversation gives the same answer. Tokens are estimated at four characters each."""

    @property
    def model_name(self) -> str:
        return "rules"

    @property
    def system(self) -> str:
        return "offline"

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        *args: Any,
        **kwargs: Any,
    ) -> ModelResponse:
        conversation = read(messages, [tool.name for tool in model_request_parameters.function_tools])
        said = answer(conversation)
        parts: list[TextPart | ToolCallPart] = (
            [TextPart(said)]
            if isinstance(said, str)
            else [
                ToolCallPart(name, arguments, tool_call_id=f"call-{len(conversation.made) + number}")
                for number, (name, arguments) in enumerate(said)
            ]
        )
        ended: FinishReason = "error" if isinstance(said, Stuck) else "stop"
        response = ModelResponse(parts=parts, model_name=self.model_name, finish_reason=ended)
        response.usage = RequestUsage(
            input_tokens=_tokens(messages), output_tokens=sum(_characters(part) for part in parts) // 4 + 1
        )
        return response


def answer(conversation: Conversation) -> Turn:
    """By the first skill that is meant; connectors bring them."""
    skills = [skill for plugin in plugins.of_kind(AgentsPlugin) for skill in plugin.offline_skills]
    turns = (skill.act(conversation) for skill in skills)
    said = [WHAT_I_AM, *(skill.says for skill in skills), FOR_OTHER_WORK]
    return next((turn for turn in turns if turn is not None), Stuck(" ".join(said)))


def read(messages: list[ModelMessage], tools: list[str]) -> Conversation:
    """What was asked, by whom, and what came of every call so far."""
    instruction, system = "", ""
    asked: dict[str, ToolCallPart] = {}
    made: list[Made] = []
    for message in messages:
        if isinstance(message, ModelRequest):
            system = message.instructions or system
        for part in message.parts:
            if isinstance(part, UserPromptPart):
                instruction = str(part.content)
            elif isinstance(part, ToolCallPart):
                asked[part.tool_call_id] = part
            elif isinstance(part, ToolReturnPart):
                call = asked[part.tool_call_id]
                content: dict[str, Any] = dict(part.content) if isinstance(part.content, dict) else {}
                made.append(Made(call.tool_name, call.args_as_dict(), content))
    by, up = _first(tools, telling()), _first(tools, recalling())
    return Conversation(instruction, system, frozenset(tools), tuple(made), by, up)


def _first(tools: list[str], capabilities: Iterable[str]) -> str:
    names = {name.replace(".", "_") for name in capabilities}
    return next((tool for tool in tools if tool in names), "")


def _tokens(messages: list[ModelMessage]) -> int:
    system = next(
        (m.instructions for m in reversed(messages) if isinstance(m, ModelRequest) and m.instructions), ""
    )
    return (len(system) + sum(_characters(part) for message in messages for part in message.parts)) // 4 + 1


def _characters(part: Any) -> int:
    if isinstance(part, ToolCallPart):
        return len(part.tool_name) + len(part.args_as_json_str())
    content = getattr(part, "content", "")
    return len(content if isinstance(content, str) else json.dumps(content))
