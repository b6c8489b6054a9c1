"""A bell for tests: a system that tells at once, and the process that listens to it, in a thread."""

import socket
import threading
import time
from collections import Counter

import pytest

from agents.connectors import connectors
from agents.connectors.base import Unavailable
from agents.connectors.chat.connector import PortalChat
from agents.hearing import ear, process
from agents.hearing.process import Process


class Bell:
    """A server on this machine that rings at everybody who is connected."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.open: list[socket.socket] = []
        self.let_in: type[Exception] | None = None
        self.came = Counter[int]()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                self.open.append(self.listening.accept()[0])
            except OSError:
                return

    def ring(self) -> None:
        for one in self.open:
            one.sendall(b"!")

    def hang_up(self) -> None:
        for one in self.open:
            one.close()
        self.open.clear()


class BellChat(PortalChat):
    """The portal's chat with a bell beside it."""

    def __init__(self, bell: Bell, *, always: bool = False) -> None:
        self.bell, self.always_heard = bell, always  # type: ignore[misc]

    def hears(self, settings):
        return True

    def listen(self, connection, heard, stopped, places=frozenset()):
        self.bell.came[connection.id] += 1
        if self.bell.let_in is not None:
            raise self.bell.let_in("Not now.")
        with socket.create_connection(self.bell.listening.getsockname(), timeout=0.2) as line:
            heard()
            while not stopped.is_set():
                try:
                    if not line.recv(16):
                        raise Unavailable("The bell hung up.")
                    heard()
                except TimeoutError:
                    continue


@pytest.fixture
def bell(monkeypatch):
    made = Bell()
    monkeypatch.setitem(connectors(), "chat", BellChat(made))
    monkeypatch.setattr(process, "ROUND", 0.1)
    monkeypatch.setitem(ear.PAUSES, ear.AWAY, (0.1, 0.2))
    yield made
    made.listening.close()
    made.hang_up()


@pytest.fixture
def start():
    """A process that listens, in a thread; interrupted at the end as by Ctrl-C."""
    running: list[tuple[Process, threading.Thread]] = []

    def begin() -> Process:
        one = Process()

        def run() -> None:
            one.looks.start()
            while not ended.is_set():
                one.turn()
                time.sleep(process.ROUND)
            one.end()

        thread = threading.Thread(target=run)
        running.append((one, thread))
        thread.start()
        return one

    ended = threading.Event()
    yield begin
    ended.set()
    for _, thread in running:
        thread.join(10)
        assert not thread.is_alive()
