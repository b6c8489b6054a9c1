"""A server of another make, in this process: another way to name and to move, one user."""

import asyncio
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.servers import session
from agents.connectors.mail.tests.certificates import certificate
from agents.connectors.mail.tests.dovecot import HERE
from tests.portal.machine import free_port

mail = Mail()


@pytest.fixture
def port(tmp_path: Path, settings: Any) -> Iterator[int]:
    certificate(tmp_path)
    settings.OWN_CA = str(tmp_path / "cert.pem")
    number, ready, ended = free_port(), threading.Event(), asyncio.Event()
    parser = ArgumentParser()
    IMAPService.add_arguments(parser)
    parser.set_defaults(debug=False, passlib_cfg=None, inherited_sockets=None, proxy_protocol=None)
    DictBackend.add_subparser("dict", parser.add_subparsers(dest="backend"))
    place = ["--host", "127.0.0.1", "--port", str(number)]
    args = parser.parse_args(
        [*place, "--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem"), "dict"]
    )

    async def serve() -> None:
        backend, config = await DictBackend.init(args)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            ready.set()
            await ended.wait()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield number
    session.close_all()
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)


def test_the_same_mailbox_on_another_server(port: int) -> None:
    settings = {"kind": "imap", "host": "localhost", "port": port, "security": "starttls", "user": "demouser"}
    place = ConnectionContext(1, "S", {**settings, "address": "me@example.com"}, "demopass", inside=HERE)

    def call(name: str, key: str = "k", **arguments: Any) -> Result:
        return mail.perform(place, CallContext(f"mail.{name}", arguments, key, 1, "a", 1, 1))

    assert mail.check(place).note == "0 messages"
    drafts = [call("draft", to=["lea@example.com"], subject="Lamps", text="Hello") for _ in range(2)]
    assert drafts[0] == drafts[1]
    (row,) = call("list", folder="Drafts").data["messages"]
    assert row["subject"] == "Lamps"
    assert call("read", message=row["id"]).data["text"] == "Hello"
    assert call("flag", message=row["id"], flag="flagged").data["changed"]
    assert call("move", message=row["id"], folder="INBOX").data["changed"]
    assert call("read", message=row["id"]).data["folder"] == "INBOX"
    assert [found["id"][:27] for found in call("search", words="Lamps").data["messages"]] == [row["id"][:27]]
    assert call("archive", message=row["id"], place="archive").data["folder"] == "Archive"
    wrong = ConnectionContext(1, "S", place.settings, "wrong", inside=HERE)
    with pytest.raises(ConnectorError, match="refused the sign-in"):
        mail.check(wrong)
