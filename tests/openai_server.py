"""A local server that speaks the OpenAI chat-completions protocol: real HTTP, scripted answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Raw:
    """An answer as bytes, whatever they are; after ``waits`` seconds, and after ``drips`` spaces, ten a second."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    waits: float = 0.0
    drips: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """An answer that comes in pieces, for as long as there are any; the next where one was sent."""

    pieces: Callable[[], Iterator[bytes]]


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    """One event of a stream."""
    return _event(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_780_000_000,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
    )


def _event(said: Any) -> bytes:
    return b"data: " + json.dumps(said).encode() + b"\n\n"


def _streamed(body: bytes) -> bytes:
    """An answer in one piece as the stream that was asked for; what is no answer stays as it is."""
    try:
        whole = json.loads(body)
        choices = [
            {**{key: value for key, value in one.items() if key != "message"}, "delta": _delta(one)}
            for one in whole["choices"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return b"data: " + body + b"\n\n"
    return _event({**whole, "object": "chat.completion.chunk", "choices": choices}) + b"data: [DONE]\n\n"


def _delta(choice: dict[str, Any]) -> dict[str, Any]:
    said = dict(choice.get("message") or {})
    if calls := said.get("tool_calls"):
        said["tool_calls"] = [{"index": number, **call} for number, call in enumerate(calls)]
    return said


# A reply: a text, or tool calls as (name, arguments), or bytes; or a function of the request's body that returns one.
Reply = str | list[tuple[str, Any]] | Raw | Flow


@dataclass
class Model:
    """What the server was asked and what it will answer; after the last reply it repeats it."""

    replies: list[Reply | Callable[[dict[str, Any]], Reply]]
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    prefix: str = "call"  # of the calls' ids
    failures: int = 0  # so many requests are answered with 503 first
    usage: dict[str, Any] = field(
        default_factory=lambda: {
            "prompt_tokens": 1_000,
            "completion_tokens": 50,
            "total_tokens": 1_050,
            "prompt_tokens_details": {"cached_tokens": 400},
        }
    )

    def answer(self, body: dict[str, Any]) -> dict[str, Any] | Raw | Flow:
        reply = self.replies[min(len(self.requests), len(self.replies) - 1)]
        self.requests.append(body)
        said = reply(body) if callable(reply) else reply
        if isinstance(said, Raw | Flow):
            return said
        message: dict[str, Any] = {"role": "assistant", "content": said if isinstance(said, str) else None}
        if not isinstance(said, str):
            message["tool_calls"] = [
                {
                    "id": f"{self.prefix}_{len(self.requests)}_{number}",
                    "type": "function",
                    "function": {
                        "name": name,
                        "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
                    },
                }
                for number, (name, arguments) in enumerate(said)
            ]
        return {
            "id": f"chatcmpl-{len(self.requests)}",
            "object": "chat.completion",
            "created": 1_780_000_000,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": message,
                    "finish_reason": "stop" if isinstance(said, str) else "tool_calls",
                }
            ],
            "usage": self.usage,
        }


@contextmanager
def serving(*replies: Reply | Callable[[dict[str, Any]], Reply], failures: int = 0) -> Iterator[Model]:
    model = Model(list(replies), failures=failures)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, kind, drips, headers = 200, "application/json", 0, {}
            answer: dict[str, Any] | Raw | Flow = {"error": {"message": "overloaded", "type": "server_error"}}
            if model.failures:
                model.failures -= 1
                status = 503
            else:
                answer = model.answer(body)
            if isinstance(answer, Flow):
                self._flow(answer)
                return
            if isinstance(answer, Raw):
                threading.Event().wait(answer.waits)  # tests make time.sleep() short
                status, kind, data, drips = answer.status, answer.kind, answer.body, answer.drips
                headers = answer.headers
            else:
                data = json.dumps(answer).encode()
            if body.get("stream") and status == 200 and kind == "application/json":
                kind, data = "text/event-stream", _streamed(data)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(drips + len(data)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked did not wait for it
                for _ in range(drips):
                    self.wfile.write(b" ")
                    threading.Event().wait(0.1)
                self.wfile.write(data)

        def _flow(self, answer: Flow) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                for piece in answer.pieces():
                    self.wfile.write(piece)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 100  # that ask at the same moment

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
