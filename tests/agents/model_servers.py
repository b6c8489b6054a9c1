"""Model servers that misbehave, each with the limit of the task that meets it and what becomes of that task."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.queue.states import TaskState
from tests.openai_server import Flow, Raw, chunk

MEGABYTE = 1_000_000
LIST = {"type": "function", "function": {"name": "mail_list", "arguments": "{}"}}


@dataclass(frozen=True)
class Server:
    """``seconds``: the task's limit; ``why``: what its page says; ``state``: how it ends."""

    reply: Any
    why: str = ""
    state: TaskState = TaskState.FAILED
    seconds: int = 2


def words(letters: int) -> Iterator[bytes]:
    for _ in range(letters // 10_000):
        yield chunk({"content": ("word " * 2_000)[:10_000]})


def drips() -> Iterator[bytes]:
    while True:
        yield chunk({"content": "x"})
        time.sleep(0.1)


def floods() -> Iterator[bytes]:
    while True:
        yield chunk({"content": "x" * 10_000})


def calls(number: int) -> Iterator[bytes]:
    for index in range(number):
        yield chunk({"tool_calls": [{"index": index, "id": f"c{index}", **LIST}]})


def ends(pieces: Iterator[bytes], why: str) -> Iterator[bytes]:
    yield from pieces
    yield chunk({}, why)
    yield b"data: [DONE]\n\n"


def failing(status: int, **headers: str) -> Raw:
    body = b'{"error": {"message": "the key sk-123 <b>of Mia</b>", "type": "x"}}'
    return Raw(body, status, headers=headers)


LIMIT, SILENT, REFUSED = "its limit of 2.0 s of work", "did not answer", "refused the request (HTTP {})"
SERVERS = {
    "hangs before a byte": Server(Raw(b"{}", waits=30), LIMIT),
    "drips words": Server(Flow(drips), LIMIT),
    "drips spaces": Server(Raw(b"{}", drips=300), LIMIT),
    "floods words": Server(Flow(floods), "more than 1 MB"),
    "50 MB in one piece": Server(Raw(b'{"choices": "' + b"x" * 50 * MEGABYTE + b'"}'), "more than 1 MB"),
    "2,000 calls": Server(Flow(lambda: calls(2_000)), "more than 50 tools in one answer"),
    "tools that are none": Server([("no_such_tool", {"x": 1})], "the same call 3 times", seconds=60),
    "arguments that are none": Server([("mail_list", "[[[")], "the same call 3 times", seconds=60),
    "an end without calls": Server(
        Flow(lambda: ends(iter([chunk({"content": None})]), "tool_calls")), "gave an empty answer"
    ),
    "a page instead of JSON": Server(Raw(b"<html>all is well</html>", kind="text/html"), SILENT),
    "an error as 200": Server(Raw(b'{"error": {"message": "no such model"}}'), SILENT),
    "HTTP 401": Server(failing(401), REFUSED.format(401)),
    "HTTP 404": Server(failing(404), REFUSED.format(404)),
    "HTTP 408": Server(failing(408), "HTTP 408", seconds=8),
    "HTTP 429": Server(failing(429), "HTTP 429", seconds=8),
    "HTTP 429 for an hour": Server(failing(429, **{"Retry-After": "3600"}), "HTTP 429", seconds=8),
    "HTTP 500": Server(failing(500), "HTTP 500", seconds=8),
    # What a server may say, and is much to show.
    "990 kB of words": Server(
        Flow(lambda: ends(words(990_000), "stop")), state=TaskState.SUCCEEDED, seconds=60
    ),
    "50 calls of 19 kB each": Server(
        [("mail_list", {"folder": "x" * 19_000, "page": page}) for page in range(50)],
        "the same call 3 times",
        seconds=60,
    ),
}
