"""Who is told of asks and unclear calls: who may answer. Before they close they are told again, by the clock."""

from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import F, QuerySet
from django.utils import timezone

from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.permissions import ConnectionPermission
from portal.notices.telling import tell, told
from portal.people.models import Person

SOON = timedelta(
    hours=2
)  # before it closes; one that is open for less than twice as long closes without a word
SHOWN = 200  # characters of its question
Row = TypeVar("Row", Approval, Unclear)


def tell_waits(asked: Approval | Unclear) -> None:
    """In the transaction in which it is made."""
    call = asked.call
    given: dict[str, Any] = {"agent": str(call.task.agent), "question": asked.question[:SHOWN]}
    if isinstance(asked, Approval):
        given["until"] = asked.expires_at.isoformat()
    kind = "ask.waits" if isinstance(asked, Approval) else "unclear.waits"
    tell(answerers(asked), kind, asked, asked.get_absolute_url(), **given)


def tell_closes(asked: Approval | Unclear) -> None:
    call, until = asked.call, asked.expires_at.isoformat()
    people = answerers(asked)
    given = {"agent": str(call.task.agent), "question": asked.question[:SHOWN], "until": until}
    tell(people, "ask.closes", asked, asked.get_absolute_url(), **given)


def closing(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Open ones that close soon, of whose end nobody was told."""
    now = timezone.now()
    due = rows.filter(state="open", expires_at__gt=now, expires_at__lte=now + SOON)
    return due.filter(~told(rows.model, "ask.closes"), asked_at__lte=F("expires_at") - 2 * SOON)


def answerers(asked: Approval | Unclear) -> list[Person]:
    """Who may answer: what ``AskedQuerySet.answerable_by`` says, the other way round."""
    call = asked.call
    if not asked.second_person:
        return [call.task.person]
    if call.connection is None:
        return []
    return list(call.connection.holders(ConnectionPermission.APPROVE).exclude(pk=call.task.person_id))
