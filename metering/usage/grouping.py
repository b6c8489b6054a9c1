"""Several callers' writes in one commit: a commit that waits for the disk costs the same for one and for sixteen.

Whoever comes while nobody writes writes; who comes meanwhile waits, and the first of them writes next, for all who
wait then. Each returns when its own is durable, with its own result or error. There is no thread of our own.
"""

import os
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class _Seat(Generic[T, R]):
    """One caller: asleep on ``turn`` until it is answered or has to write."""

    __slots__ = ("answered", "error", "item", "result", "turn")

    def __init__(self, item: T) -> None:
        self.item = item
        self.turn = Lock()
        self.turn.acquire()
        self.answered = False
        self.result: R | None = None
        self.error: BaseException | None = None


class Group(Generic[T, R]):
    """``write`` takes items and returns a result for each, all or none of them durable.

    Where it raises for several, each is written alone: nobody fails for another's mistake.
    """

    def __init__(self, write: Callable[[Sequence[T]], Sequence[R]], most: int) -> None:
        self._write = write
        self._most = most
        self._empty()
        os.register_at_fork(after_in_child=self._empty)

    def _empty(self) -> None:
        self._lock = Lock()
        self._waiting: list[_Seat[T, R]] = []
        self._busy = False

    def __call__(self, item: T) -> R:
        seat: _Seat[T, R] = _Seat(item)
        with self._lock:
            self._waiting.append(seat)
            leads, self._busy = not self._busy, True
        if not leads:
            seat.turn.acquire()
        if not seat.answered:
            self._lead()
        if seat.error is not None:
            raise seat.error
        return seat.result  # type: ignore[return-value]

    def _lead(self) -> None:
        """Write for everybody who waits, this caller first, and hand over to the next."""
        with self._lock:
            seats, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        try:
            self._serve(seats)
        finally:
            with self._lock:
                successor = self._waiting[0] if self._waiting else None
                self._busy = successor is not None
            if successor:
                successor.turn.release()
            for seat in seats[1:]:
                seat.turn.release()

    def _serve(self, seats: Sequence[_Seat[T, R]]) -> None:
        try:
            results = self._write([seat.item for seat in seats])
            for seat, result in zip(seats, results, strict=True):
                seat.result = result
        except Exception as error:
            if len(seats) == 1:
                seats[0].error = error
            else:
                for seat in seats:
                    self._serve([seat])
        except BaseException as error:  # this caller is being ended: so is what it did for the others
            for seat in seats:
                seat.error = seat.error or error
        finally:
            for seat in seats:
                seat.answered = True
