"""A worker that was told to stop: it finishes its step, gives the task back and exits.

The word is in memory that a worker shares with its pool's processes: they are forked off, and hear no signal.
"""

import mmap
import struct
import time
from typing import Any

PATIENCE = 3.0  # seconds that a step has for its end; then the rest of it is another worker's
_told = mmap.mmap(-1, 8)


class Leaving(Exception):
    """The task is to be given back now."""


def tell(**signal: Any) -> None:
    struct.pack_into("d", _told, 0, time.monotonic())


def after_a_step() -> None:
    """Raises Leaving where the worker was told to stop."""
    if _since():
        raise Leaving


def in_a_step() -> None:
    """Raises Leaving where it was told so long ago that the step cannot be waited for."""
    if _since() and time.monotonic() - _since() > PATIENCE:
        raise Leaving


def _since() -> float:
    """When it was told; 0: it was not."""
    return float(struct.unpack_from("d", _told)[0])
