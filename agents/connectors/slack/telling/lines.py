"""Notices as lines of one message. A line whose matter is settled says so soon: its message is changed."""

from collections.abc import Collection, Sequence

from agents.connectors.slack.linking.models import Link
from agents.connectors.slack.posting.marks import escaped
from agents.connectors.slack.posting.models import NoticeLine, NoticeMessage
from agents.connectors.slack.posting.sending import VANISHED, claimed, end, trouble
from agents.connectors.slack.web_api import Refusal, api
from portal.notices.channels import Shown
from portal.notices.delivering import shown
from portal.notices.models import Delivery

LINES = 30  # in one message; the others are in the portal
ROUND = 5_000  # lines that one round looks at
_looked = [
    0
]  # the line up to which this process has looked; most are never settled, so none is read each time


def text(notices: Sequence[Shown], settled: Collection[int] = ()) -> str:
    lines = [_line(notice, notice.id in settled) for notice in notices[:LINES]]
    if len(notices) > LINES:
        lines.append(f"And {len(notices) - LINES} more, in the portal.")
    return "\n".join(lines)


def _line(notice: Shown, settled: bool) -> str:
    return f"{'Settled: ' if settled else ''}{escaped(notice.text)} <{notice.link}|Open it>"


def outdated() -> list[int]:
    """Messages with a line whose matter is settled and that does not say so yet."""
    rows = NoticeLine.objects.filter(settled=False, pk__gt=_looked[0]).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:ROUND])
    _looked[0] = numbers[-1] if len(numbers) == ROUND else 0
    over = NoticeLine.objects.filter(pk__in=numbers, notice__settled_at__isnull=False)
    posted = over.filter(message__due_at__isnull=True).exclude(message__ts="")
    return sorted(set(posted.values_list("message", flat=True)))


def deliver(pk: int) -> None:
    """A worker's: the message says of each line how its matter stands now."""
    row = claimed(NoticeMessage, pk)
    if row is None:
        return
    with trouble(row):
        person = Link.objects.select_related("person").get(pk=row.link_id).person
        lines = list(row.lines.select_related("notice").order_by("notice_id"))
        over = [line.notice_id for line in lines if line.notice.settled_at]
        told = [shown(Delivery(notice=line.notice, person=person)) for line in lines]
        with api(row.connection.context()) as slack:
            try:
                slack.change("chat.update", channel=row.channel, ts=row.ts, text=text(told, over))
            except Refusal as error:
                if error.code not in VANISHED:
                    raise
        row.lines.filter(notice__in=over).update(settled=True)
        end(row, tries=0)
