"""Pages speak HTTP: a web socket is turned away, and nothing breaks."""

import asyncio
from typing import Any

from portal.asgi import application


def test_a_web_socket_is_turned_away():
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b""}
    asyncio.run(application(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]
