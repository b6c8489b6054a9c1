"""A server on this machine that says word for word what it is told to, for tests of what goes out."""

import socket
import threading
import time
from collections.abc import Callable


class Raw:
    """Each connection gets the next of ``answers``, the last one for good; a float is a pause, then it closes."""

    def __init__(self, *answers: "bytes | list[bytes | float]") -> None:
        self.answers, self.asked = list(answers), list[bytes]()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                taken, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(taken,), daemon=True).start()

    def _answer(self, taken: socket.socket) -> None:
        with taken:
            self.asked.append(taken.recv(65_536))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            try:
                for part in [answer] if isinstance(answer, bytes) else answer:
                    taken.sendall(part) if isinstance(part, bytes) else time.sleep(part)
            except OSError:
                return


def said(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


Start = Callable[..., Raw]
