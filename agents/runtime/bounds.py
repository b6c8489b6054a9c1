"""Bounds on what a model says: so many calls and characters in an answer, so many bytes on the way to it."""

from collections.abc import AsyncIterator

import httpx2
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from portal.reasons import Stored, because

MOST_CALLS = 50  # in one answer
MEGABYTES = 1
LARGEST = MEGABYTES * 1_000_000  # characters of one answer: its words, thoughts and arguments
# Bytes between two line ends on the way: an event of a stream, an answer in one piece.
LONGEST_LINE = 2 * LARGEST
LARGEST_STREAM = 16 * LARGEST  # bytes on the way: a stream says each word in a few hundred


class TooMuch(Exception):
    """The answer was cut off: ``code`` says at which bound."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def reason(self, model: str) -> Stored:
        most = MOST_CALLS if self.code == "answer_calls" else MEGABYTES
        return because(self.code, model=model, most=most)


class Size:
    """What an answer has come to so far. Raises TooMuch when it is more than an answer may be."""

    def __init__(self) -> None:
        self.calls, self.characters = 0, 0

    def add(self, *, calls: int = 0, characters: int = 0) -> None:
        self.calls += calls
        self.characters += characters
        if self.calls > MOST_CALLS:
            raise TooMuch("answer_calls")
        if self.characters > LARGEST:
            raise TooMuch("answer_long")


async def answer(
    model: Model, history: list[ModelMessage], parameters: ModelRequestParameters, settings: ModelSettings
) -> ModelResponse:
    """The model's answer, read as it comes and cut off where it is too much. Raises TooMuch."""
    size = Size()
    if type(model).request_stream is Model.request_stream:  # the offline model says all at once
        whole = await model_request(
            model, history, model_request_parameters=parameters, model_settings=settings
        )
        for part in whole.parts:
            _count(size, PartStartEvent(index=0, part=part))
        return whole
    async with model_request_stream(
        model, history, model_request_parameters=parameters, model_settings=settings
    ) as stream:
        async for event in stream:
            _count(size, event)
        return stream.get()


def _count(size: Size, event: ModelResponseStreamEvent) -> None:
    match event:
        case PartStartEvent(part=TextPart(content=text) | ThinkingPart(content=text)):
            size.add(characters=len(text))
        case PartStartEvent(part=ToolCallPart() as call):
            size.add(calls=1, characters=len(call.tool_name) + len(call.args_as_json_str()))
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            size.add(characters=len(text))
        case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=said)):
            size.add(characters=len(said or ""))
        case PartDeltaEvent(delta=ToolCallPartDelta() as more):
            given = more.args_delta if isinstance(more.args_delta, str) else str(more.args_delta or "")
            size.add(characters=len(given) + len(more.tool_name_delta or ""))


async def bound(response: httpx2.Response) -> None:
    """Before a client reads the response: it gets no more of it than an answer can be."""
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self.inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        whole = line = 0
        async for chunk in self.inner:
            end = chunk.rfind(b"\n")
            whole, line = whole + len(chunk), line + len(chunk) if end < 0 else len(chunk) - end - 1
            if line > LONGEST_LINE or whole > LARGEST_STREAM:
                raise TooMuch("answer_long")
            yield chunk

    async def aclose(self) -> None:
        await self.inner.aclose()
