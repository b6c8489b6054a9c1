"""By the clock: sends again what is due, takes buttons from closed asks, marks settled notices, tells threads."""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from agents.connectors import the_desk
from agents.connectors.slack.answering import messages
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.linking.models import Link, LinkCode
from agents.connectors.slack.posting.models import KEPT, AskMessage, NoticeMessage, Reply, TaskThread
from agents.connectors.slack.posting.replies import say
from agents.connectors.slack.telling import lines
from portal.later import send

log = logging.getLogger(__name__)

MOST = 50  # rows of each kind in one round
OLD_CODE = timedelta(days=1)


def sweep() -> None:
    AskMessage.objects.filter(pk__in=messages.outdated()).update(due_at=Now(), tries=0)
    NoticeMessage.objects.filter(pk__in=lines.outdated()).update(due_at=Now(), tries=0)
    _tell_threads()
    for worker, due in (
        ("slack.arrived", Arrival.objects.due()),
        ("slack.reply", Reply.objects.due()),
        ("slack.ask", AskMessage.objects.due()),
        ("slack.notices", NoticeMessage.objects.due()),
    ):
        _send(worker, due.order_by("due_at").values_list("pk", flat=True)[:MOST])


def _send(worker: str, pks: Iterable[int]) -> None:
    """A queue that is away is tried once a round: the clock must not wait for it again and again."""
    for pk in pks:
        try:
            send(worker, pk)
        except Exception as error:
            log.warning("The queue is away, %s waits for the next round: %r", worker, error)
            return


def _tell_threads() -> None:
    """That it has ended, and where to read on; not with which words, as others read the thread."""
    open_ones = TaskThread.objects.filter(told_at__isnull=True).select_related("link")
    waiting = {row.task: row for row in open_ones.order_by("queued_at")[:1_000]}
    current = set(
        Link.objects.current()
        .filter(pk__in={row.link_id for row in waiting.values()})
        .values_list("pk", flat=True)
    )
    for number, ended in the_desk().ended(waiting).items():
        row = waiting[number]
        with transaction.atomic():
            told = TaskThread.objects.filter(pk=row.pk, told_at__isnull=True).update(told_at=Now())
            if told and row.link_id in current:
                say(
                    row.link.connection_id,
                    row.channel,
                    f"Task {ended.task} of {ended.agent}: {ended.word}.",
                    key=f"task:{number}",
                    thread=row.thread,
                    link=ended.link,
                    at_once=False,
                )


def forget() -> None:
    """What its days are over of."""
    Arrival.objects.over().delete()
    LinkCode.objects.filter(ends_at__lt=Now() - OLD_CODE).delete()
    old = Now() - KEPT
    Reply.objects.filter(made_at__lt=old).delete()
    NoticeMessage.objects.filter(made_at__lt=old).delete()
    AskMessage.objects.filter(made_at__lt=old, look=messages.Look.CLOSED).delete()
    TaskThread.objects.filter(queued_at__lt=old, told_at__isnull=False).delete()
