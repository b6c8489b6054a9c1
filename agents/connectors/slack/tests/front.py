"""Between the portal and the workspace in tests of faults: it hands on, or does to one request what it is told."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agents.connectors.slack.tests import workspace

# (status, headers, body), or None: no answer at all
Answer = tuple[int, Mapping[str, str], bytes] | None
Fault = Callable[[Callable[[], Answer]], Answer]


def refused(code: str, **more: Any) -> Fault:
    """Slack's no: nothing is handed on."""
    return lambda hand_on: (200, {}, json.dumps({"ok": False, "error": code, **more}).encode())


def status(number: int, **headers: str) -> Fault:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda hand_on: (number, told, b"trouble")


def done_then(fault: Fault) -> Fault:
    """It happens, and the answer is another one."""

    def act(hand_on: Callable[[], Answer]) -> Answer:
        hand_on()
        return fault(hand_on)

    return act


def nothing(hand_on: Callable[[], Answer]) -> Answer:
    return None


def half(hand_on: Callable[[], Answer]) -> Answer:
    return 200, {}, b'{"ok": tr'


def slow(hand_on: Callable[[], Answer]) -> Answer:
    time.sleep(1.5)
    return None


class Front:
    def __init__(self) -> None:
        self.faults: list[tuple[str, Fault]] = []  # the next request of each method
        self.always: dict[str, Fault] = {}
        self.asked: list[str] = []
        self.scopes = ""
        front, self.target = self, workspace.url()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                front._answer(self, body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/"

    def _answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        method = handler.path.rpartition("/")[2]
        self.asked.append(method)
        meant = next((pair for pair in self.faults if pair[0] == method), None)
        if meant:
            self.faults.remove(meant)
        fault = meant[1] if meant else self.always.get(method)

        def hand_on() -> Answer:
            wanted = ("Authorization", "Content-Type")
            headers = {name: handler.headers[name] for name in wanted if name in handler.headers}
            with urllib.request.urlopen(
                urllib.request.Request(self.target + method, body, headers)
            ) as answer:
                return answer.status, {"X-OAuth-Scopes": self.scopes} if self.scopes else {}, answer.read()

        answer = fault(hand_on) if fault else hand_on()
        if answer is None:
            handler.close_connection = True
            return
        number, headers, content = answer
        handler.send_response(number)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)


@contextmanager
def front() -> Iterator[Front]:
    made = Front()
    yield made
    made.server.shutdown()
    made.server.server_close()
