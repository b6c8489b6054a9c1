"""Ctrl-C and its relatives, counted; and one place to wait in until something happens."""

import os
import select
import signal
from types import FrameType
from typing import Any

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """While entered, the signals that ask for an end are counted in ``asked``, and interrupt only a wait."""

    def __init__(self) -> None:
        self.asked = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Signals":
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in ENDING:
            if number != signal.SIGHUP or not _nohup():
                self._before[number] = signal.signal(number, self._count)
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return self

    def __exit__(self, *exception: object) -> None:
        signal.set_wakeup_fd(-1)
        for number, before in self._before.items():
            signal.signal(number, before)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float, *also: Any) -> None:
        """Until a signal comes (a child's end too), there is something to read in ``also``, or time is up."""
        readable, _, _ = select.select([self._read, *also], [], [], seconds)
        if self._read in readable:
            os.read(self._read, 4096)

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1


def interrupt() -> None:
    """Until processes run, let each of these signals interrupt as Ctrl-C does, also in a shell's background."""
    for number in ENDING:
        if number != signal.SIGHUP or not _nohup():
            signal.signal(number, signal.default_int_handler)


def _nohup() -> bool:
    return signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
