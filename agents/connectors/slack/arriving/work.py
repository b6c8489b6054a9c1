"""A worker's: does what one delivery asks for, once, however often it is told to."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models.functions import Now

from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.slack.arriving import direct, mentions, payloads, presses
from agents.connectors.slack.arriving.models import MOST_TRIES, Arrival
from agents.connectors.slack.posting.identity import workspace
from agents.connectors.slack.posting.sending import claimed

log = logging.getLogger(__name__)
PAUSE = timedelta(seconds=10)  # before it is tried again


def work(pk: int) -> None:
    arrival = claimed(Arrival, pk)
    if arrival is None:
        return
    try:
        if trouble := _do(arrival):
            arrival_done(arrival.pk, trouble)
        return
    except (Unavailable, ConnectorError) as error:
        log.warning("%s of Slack waits: %s", arrival, error)
    except Exception:
        log.exception("%s of Slack could not be worked on", arrival)
    if arrival.tries >= MOST_TRIES:
        arrival_done(arrival.pk, "given_up")
    else:
        Arrival.objects.filter(pk=pk).update(due_at=Now() + arrival.tries * PAUSE)


def arrival_done(pk: int, trouble: str = "") -> bool:
    """Its text goes. False where it was done before: then what goes with it must not happen."""
    rows = Arrival.objects.filter(pk=pk, done_at__isnull=True)
    return bool(rows.update(done_at=Now(), body={}, trouble=trouble))


def _do(arrival: Arrival) -> str:
    """Why there is nothing to do; empty where it was done, in the transaction that says so."""
    if arrival.connection.state != "active":
        return "removed"
    place = workspace(arrival.connection.context())
    message, press = payloads.message(arrival.body), payloads.press(arrival.body)
    found = message or press
    if found is None:
        return "unknown"
    if found.team != place.team:
        return "other_team"
    if found.user == place.app:
        return "own"
    done: Callable[[], bool] = lambda: arrival_done(arrival.pk)  # noqa: E731
    if press is not None:
        presses.pressed(arrival, press, done)
    elif message is not None and message.direct:
        direct.said(arrival, message, place.app, done)
    elif message is not None:
        mentions.mentioned(arrival, message, place.app, done)
    return ""
