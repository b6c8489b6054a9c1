"""The key of an effect: the same call has the same key, whoever makes it and however often; another call another."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from agents.queue.models import Step

SPACE = uuid.UUID("6f1d2b52-7a0e-4c0d-9a53-0d8f6b0b7c11")


def digest(capability: str, connection: int | None, arguments: Mapping[str, Any]) -> str:
    """Equal for calls that are the same: what the no-progress limit counts, and what a key is made of."""
    return hashlib.sha256(
        json.dumps([capability, connection, arguments], sort_keys=True).encode()
    ).hexdigest()


def effect_key(step: Step, position: int, payload: str) -> uuid.UUID:
    """Of the call at this position of a step with this digest. The only place where keys are made.

    A task is known by its number and its first moment, so that another portal on the same mailbox has other keys.
    """
    task = step.task
    began = task.created_at.astimezone(UTC).isoformat()
    return uuid.uuid5(SPACE, f"{task.pk}:{began}:{step.number}:{position}:{payload}")
