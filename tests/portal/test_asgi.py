"""Pages speak HTTP: a web socket is turned away, and nothing breaks. Only the web server pools its sessions."""

import asyncio
import os
import subprocess
import sys
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


def test_only_the_web_server_has_a_pool():
    """A worker with one would keep a session that was cut for good. A web server's children are no web servers."""
    tells = "from django.conf import settings; print('pool' in settings.DATABASES['default']['OPTIONS'], flush=True)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {tells!r}], check=True)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-c", f"import portal.asgi; {tells}; {child}"]
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert said.split() == ["True", "False"]
