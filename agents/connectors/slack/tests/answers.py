"""A Slack that answers as it is told to, for what emulate cannot do: limits, revoked tokens, trouble, sockets."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

WHO = {"ok": True, "team_id": "T1", "user_id": "UAPP", "team": "Sample Co", "user": "portal"}


@dataclass
class Answering:
    """``next``: what the next requests of a method get, as (status, headers, body); None: no answer, after the effect.

    ``calls``: what was asked. ``posts``: the messages that are there, ``posted_at``: since when.
    """

    url: str = ""
    next: dict[str, list[tuple[int, dict[str, str], Any] | None]] = field(default_factory=dict)
    always: dict[str, Any] = field(default_factory=lambda: {"auth.test": WHO})
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    posted_at: list[float] = field(default_factory=list)

    def said(self, method: str, given: dict[str, str]) -> tuple[int, dict[str, str], Any] | None:
        self.calls.append((method, given))
        told = self.next.get(method, [])
        answer = told.pop(0) if told else (200, {}, None)
        if answer is not None and answer[2] is not None:
            return answer
        body = self.always.get(method) or self.done(method, given)
        return None if answer is None else (200, {}, body)

    def done(self, method: str, given: dict[str, str]) -> dict[str, Any]:
        if method == "chat.postMessage":
            ts = f"100.{len(self.posts):06}"
            self.posted_at.append(time.time())
            self.posts.append({"ts": ts, "user": "UAPP", **given, "metadata": json.loads(given["metadata"])})
            return {"ok": True, "ts": ts}
        if method == "conversations.history":
            return self.paged(given)
        if method == "conversations.replies":
            return {"ok": True, "messages": self.posts}
        if method == "chat.update":
            for post in self.posts:
                if post["ts"] == given["ts"]:
                    post.update(given)
        return {"ok": True}

    def paged(self, given: dict[str, str]) -> dict[str, Any]:
        """The newest first; emulate knows no ``oldest`` and no ``latest``."""
        after, before = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
        rows = [post for post in reversed(self.posts) if after < float(post["ts"]) < before]
        at, limit = int(given.get("cursor") or 0), int(given.get("limit") or 100)
        more = str(at + limit) if at + limit < len(rows) else ""
        page = rows[at : at + limit]
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": more}}

    def methods(self, name: str) -> list[dict[str, str]]:
        return [given for method, given in self.calls if method == name]


@contextmanager
def answering() -> Iterator[Answering]:
    slack = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            answer = slack.said(self.path.rpartition("/")[2], given)
            if answer is None:
                self.close_connection = True
                return
            status, headers, told = answer
            raw = json.dumps(told).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    slack.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
