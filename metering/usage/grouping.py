"""Several callers' writes in one commit, which waits for the disk as long for sixteen as for one.

While LEADERS callers write, others wait; the first of them then writes for all who wait. Each returns when its own
write is durable, with its own result or error. No further thread is needed.
"""

import os
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
LEADERS = 2  # while one waits for the disk, another is made and read


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
    """``write`` takes items and returns a result for each. Where it raises for several, each is written alone."""

    def __init__(self, write: Callable[[Sequence[T]], Sequence[R]], most: int) -> None:
        self._write = write
        self._most = most
        self._empty()
        os.register_at_fork(after_in_child=self._empty)

    def _empty(self) -> None:
        self._lock = Lock()
        self._waiting: list[_Seat[T, R]] = []
        self._leading = 0

    def __call__(self, item: T) -> R:
        seat: _Seat[T, R] = _Seat(item)
        with self._lock:
            leads = self._leading < LEADERS
            if leads:
                self._leading += 1
            else:
                self._waiting.append(seat)
        if not leads:
            seat.turn.acquire()
        if not seat.answered:  # else somebody wrote it
            self._lead(seat)
        if seat.error is not None:
            raise seat.error
        return seat.result  # type: ignore[return-value]

    def _lead(self, own: _Seat[T, R]) -> None:
        """Write for this caller and everybody who waits, and hand over to the next."""
        with self._lock:
            seats = [own, *self._waiting[: self._most - 1]]
            self._waiting = self._waiting[self._most - 1 :]
        try:
            self._serve(seats)
        finally:
            with self._lock:
                successor = self._waiting.pop(0) if self._waiting else None
                if successor is None:
                    self._leading -= 1
            for seat in (successor, *seats[1:]):
                if seat:
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
