"""What a process remembers of a workspace for a while, so that Slack is not asked for it again."""

import threading
import time
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """By connection and name; the ``most`` latest ones, each for ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._found: OrderedDict[tuple[int, str], tuple[T, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, connection: int, name: str) -> T | None:
        with self._lock:
            kept = self._found.get((connection, name))
        return kept[0] if kept and kept[1] > time.monotonic() else None

    def keep(self, connection: int, name: str, value: T) -> None:
        with self._lock:
            self._found[connection, name] = (value, time.monotonic() + self._seconds)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
