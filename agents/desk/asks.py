"""Describes an ask whole in plain texts: every argument as it is, where it comes from, the grant, what follows."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone

from agents.approvals.argument_rows import Row, Value
from agents.approvals.display import Ask as Described
from agents.approvals.display import describe_ask
from agents.approvals.models import Approval
from agents.connectors import capability_title
from agents.connectors.desk import Answer, Ask, Part, Question
from agents.policy.language.invisible import spelled_out
from agents.queue.models import Call
from portal.addresses import absolute
from portal.people.models import Person
from portal.words import exact

KIND = "ask"
ANSWERS = (Answer("no", "Do not allow"), Answer("yes", "Allow this once"))
ONCE = "The grant requires an answer each time."


def told(approval: Approval, reader: Person) -> Ask:
    """Of an approval that was fetched ``for_reading``, in the reader's time zone."""
    with timezone.override(ZoneInfo(reader.time_zone)):
        return _told(describe_ask(approval, reader))


def _told(ask: Described) -> Ask:
    approval = ask.approval
    return Ask(
        asked=Question(KIND, approval.pk),
        digest=approval.digest,
        about=about(approval.call),
        waits="It asks for your answer.",
        question=spelled_out(approval.question),
        parts=tuple(_parts(ask)),
        answers=ANSWERS,
        unanswered="No answer means no. If anything changes, it must ask again.",
        closes_at=approval.expires_at,
        open=ask.open,
        mine=ask.mine,
        second=approval.second_person,
        outcome=_outcome(ask),
        link=absolute(approval.get_absolute_url()),
    )


def about(call: Call) -> str:
    """Which agent wants to do what, without the call's own words."""
    return f"{call.task.agent}: {capability_title(call.capability)}"


def parts_of(call: Call, rows: Iterable[Row]) -> Iterator[Part]:
    """Every argument, then the connection."""
    for row in rows:
        for value in row.values:
            yield from _value(row, value)
    yield Part("Connection", spelled_out(str(call.connection)))


def of_agent(call: Call) -> Part:
    agent = call.task.agent
    return Part("Agent", spelled_out(f"{agent}: {agent.purpose}"), (f"Owned by {agent.owner}",))


def _parts(ask: Described) -> Iterator[Part]:
    call = ask.approval.call
    yield from parts_of(call, ask.rows)
    yield Part("Why it asks", "\n".join(ask.reasons) or ONCE)
    yield of_agent(call)
    if grant := call.grant:
        limits = (f"Limits: {ask.limits or 'none'}",)
        uses = (f"At most {grant.max_uses:,} uses",) if grant.max_uses else ()
        until = exact(grant.ends_at, timezone.get_current_timezone())
        yield Part("Grant", f"Given by {grant.decided_by} until {until}", (*limits, *uses))


def _value(row: Row, value: Value) -> Iterator[Part]:
    """A text of several origins comes piece by piece, as on the page."""
    warning = (f"Warning: {value.warning}",) if value.warning else ()
    if value.around:
        warning = (*warning, "It was read there: …{}[{}]{}…".format(*value.around))
    if len(value.blocks) < 2:
        origins = (value.origin, *(block.label for block in value.blocks if block.label != value.origin))
        yield Part(row.title, value.text, (*origins, *warning))
        return
    for number, block in enumerate(value.blocks):
        where = f"{block.label}, call {block.call}" if block.call else block.label
        first = (value.origin, *warning) if number == 0 else ()
        yield Part(row.title, block.text, (where, *first))


def _outcome(ask: Described) -> tuple[str, str]:
    """Without words of the call: reasons of a refusal afterwards may hold some, and are on the page."""
    title, sentence = ask.outcome
    if ask.approval.state == Approval.State.APPROVED:
        sentence = "The task goes on with it."
    return title, sentence
