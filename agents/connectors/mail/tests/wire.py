"""A wire to a server that can be cut after so many bytes of its answers, or let them drip."""

import socket
import threading
import time
from contextlib import suppress


class Wire:
    """``cut``: after so many bytes from the server, once; ``drip``: seconds between single bytes."""

    def __init__(self, port: int) -> None:
        self.target, self.cut, self.drip, self.passed = port, -1, 0.0, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                threading.Thread(target=self._pass, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if answers:
                    if self.drip:
                        for byte in data:
                            target.sendall(bytes([byte]))
                            time.sleep(self.drip)
                        continue
                    if 0 <= self.cut <= self.passed + len(data):
                        target.sendall(data[: self.cut - self.passed])
                        self.cut = -1
                        break
                    self.passed += len(data)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut_after(self, number: int) -> None:
        self.passed, self.cut = 0, number

    def close(self) -> None:
        self.listening.close()
