"""The ASGI entry point: ``uvicorn portal.asgi:application``."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

from portal import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
env.web = True
_pages = get_asgi_application()

Message = MutableMapping[str, Any]


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Pages speak HTTP. The server offers web sockets where a library for them is there; Django breaks on them."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    await _pages(scope, receive, send)  # type: ignore[arg-type]
