"""Posts what is stored: one worker at a time takes a row, again after trouble, and what may be there is looked for."""

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Now

from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.slack.posting.marks import METADATA, payload_of
from agents.connectors.slack.posting.models import MOST_TRIES, AskMessage, NoticeMessage, Reply
from agents.connectors.slack.web_api import Api, Refusal, records
from portal.outgoing import Unanswered

log = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)
Posted = Reply | AskMessage | NoticeMessage

LEASE = timedelta(seconds=90)  # longer than one call of Slack may take
FIRST, LONGEST = 2.0, 600.0  # seconds until it is tried again
LOOK_BACK = 200  # messages
VANISHED = {"message_not_found", "channel_not_found"}  # somebody deleted it


def claimed(model: type[Row], pk: int) -> Row | None:
    """The row, if it is due and nobody else has it. Of a table with ``due_at`` and ``tries``."""
    every: Any = model._default_manager
    with transaction.atomic():
        free = every.select_for_update(of=("self",), skip_locked=True)
        row = free.due().filter(pk=pk).select_related("connection").first()
        if row is None:
            return None
        every.filter(pk=pk).update(due_at=Now() + LEASE, tries=F("tries") + 1)
        row.tries += 1
    return cast(Row, row)


@contextmanager
def trouble(row: Posted) -> Iterator[None]:
    """What goes wrong within puts the row off, or ends it where it is never taken. Nothing gets out."""
    again: float | None = None
    try:
        yield
    except Unavailable as error:
        again = max(backoff(row.tries), error.retry_after)
    except Unanswered:
        again = backoff(row.tries)  # the next try looks whether it is there
    except Refusal as error:
        again = LONGEST if error.lost else None  # until somebody enters a token that is taken
        log.warning("Slack does not take %s: %s", row, error)
    except ConnectorError as error:
        log.warning("%s cannot be posted: %s", row, error)
    except Exception:
        log.exception("%s could not be posted", row)
        again = backoff(row.tries)
    else:
        return
    if again is None or row.tries >= MOST_TRIES:
        end(row)
    else:
        wait = timedelta(seconds=min(again, 86_400.0))
        type(row)._default_manager.filter(pk=row.pk).update(due_at=Now() + wait)


def end(row: Posted, **changes: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(due_at=None, **changes)


def backoff(tries: int) -> float:
    return min(LONGEST, FIRST * 2.0 ** min(tries - 1, 12)) * random.uniform(0.5, 1.5)  # noqa: S311  (spreads load)


def post(slack: Api, key: str, *, channel: str, thread: str = "", **content: Any) -> str:
    """The message's ts. Raises Unanswered where nobody knows whether it is there (``found``)."""
    metadata = {"event_type": METADATA, "event_payload": {"key": key}}
    answer = slack.change(
        "chat.postMessage",
        channel=channel,
        thread_ts=thread,
        metadata=metadata,
        unfurl_links=False,
        unfurl_media=False,
        **content,
    )
    return str(answer.get("ts") or "")[:40]


def found(slack: Api, key: str, *, app: str, channel: str, thread: str = "") -> str:
    """The ts of the message with this key, where an earlier try left one; empty where there is none."""
    method = "conversations.replies" if thread else "conversations.history"
    try:
        page = slack.read(method, channel=channel, ts=thread, limit=LOOK_BACK, include_all_metadata=True)
    except Refusal as error:
        if error.lost:
            raise
        return ""  # a token that may not read there: it is posted again
    for message in records(page, "messages"):
        if message.get("user") == app and payload_of(message).get("key") == key:
            return str(message.get("ts") or "")[:40]
    return ""
