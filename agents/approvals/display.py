"""Describes an ask to one reader: what would happen, where each value comes from, who answers, what follows."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.text import get_text_list

from agents.approvals import standing_limit
from agents.approvals.answering import why_obsolete, widenable
from agents.approvals.argument_rows import Row, rows
from agents.approvals.models import Approval
from agents.connectors import always_second, catalogue
from agents.grants.limits import sentence
from agents.permissions import ConnectionPermission, TaskPermission
from agents.policy.declarations import Argument, Role
from agents.policy.language.invisible import spelled_out
from agents.queue.models import Call
from agents.queue.tags import Tag
from portal.people.models import Person
from portal.reasons import YOU, Reader, render_reason, second

MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Ask:
    """``own``: the reader is the task's person. ``obsolete``: why an answer would count for nothing any more."""

    approval: Approval
    tag: Tag
    rows: tuple[Row, ...]
    reasons: tuple[str, ...]
    own: bool
    mine: bool
    obsolete: str
    widenable: bool
    reader: Reader

    @property
    def open(self) -> bool:
        return self.approval.answerable and not self.obsolete

    @property
    def answerable(self) -> bool:
        """Does this reader get buttons?"""
        return self.open and self.mine

    @property
    def version(self) -> str:
        """Changes when this reader's page would: the ask was answered, cancelled, or is no longer theirs to answer."""
        return f"{self.approval.state}-{self.open:d}{self.mine:d}"

    @property
    def limits(self) -> str:
        """The limits of the grant in words; empty where it has none."""
        grant = self.approval.call.grant
        declared = grant.declared if grant else None
        return spelled_out(sentence(declared, grant.limits)) if grant and declared else ""

    @property
    def sheet(self) -> list[tuple[str, str, str]]:
        """(value, kind, text as it shows) of what may be ticked with a yes; only by the task's own person."""
        if not self.own or self.approval.second_person:
            return []
        return [(text, kind, spelled_out(text)) for kind, text in self.approval.offered]

    @property
    def approvers(self) -> list[Person]:
        return approvers(self.approval.call)

    @property
    def givers(self) -> list[Person]:
        """People who can give others the right to approve."""
        return list(_holders(self.approval.call, ConnectionPermission.MANAGE)[:MOST_NAMES])

    @property
    def proposable(self) -> bool:
        """May this reader propose a standing limit: while it is open, and after a yes."""
        fits = self.open or self.approval.state == Approval.State.APPROVED
        fits = fits and self.mine and self.approval.proposed_id is None
        return fits and standing_limit.possible(self.approval.call)

    @property
    def narrowed(self) -> str:
        """What the standing limit would be, in words."""
        grant = self.approval.call.grant
        if grant is None or grant.declared is None:
            return ""
        found = standing_limit.terms(grant, self.approval.call.arguments, words=False).limits
        return f"{grant.declared.title}; {spelled_out(sentence(grant.declared, found))}"

    @property
    def _held_fast(self) -> list[Argument]:
        """What must be the same in a call for which a yes to calls like this one counts."""
        declared = catalogue().get(self.approval.call.capability)
        roles = {Role.DEST, Role.OBJECT, Role.VALUE}
        return [argument for argument in declared.arguments if argument.role in roles] if declared else []

    @property
    def fixed(self) -> str:
        """``“To” and “Folder”``."""
        return get_text_list([f"“{argument.title}”" for argument in self._held_fast], "and")

    @property
    def alike(self) -> str:
        """Completes "do not ask again in this task for"."""
        roles = {argument.role for argument in self._held_fast}
        return "this recipient" if roles == {Role.DEST} else "calls like it"

    @property
    def outcome(self) -> tuple[str, str]:
        """What became of an ask that takes no answer any more: a title and a sentence."""
        match self.approval.state:
            case Approval.State.APPROVED:
                return f"{self.approval.answered_by} allowed this", self._allowed()
            case Approval.State.REFUSED:
                return f"{self.approval.answered_by} said no", "The agent was told, and the task went on."
            case Approval.State.CANCELLED:
                return (
                    "No longer needed",
                    f"{render_reason(self.approval.why_dead)} Nothing was done.".strip(),
                )
        if self.obsolete:
            return "No longer needed", f"{self.obsolete} Nothing is done, and no answer is needed."
        return (
            "Closed without an answer",
            "Nobody answered in time. That means no, and the task goes on without it.",
        )

    def _allowed(self) -> str:
        call = self.approval.call
        how = "Once, exactly as shown here."
        if self.approval.scope == Approval.Scope.TASK:
            how = "This call, and calls like it in this task."
        if call.state == Call.State.DENIED:
            why = render_reason(call.reasons, self.reader)
            return f"{how} It was refused afterwards: {why}"
        return f"{how} {'The call was made.' if self.approval.used_at else 'The task goes on with it.'}"


def approvers(call: Call) -> list[Person]:
    """People who may answer as the second person."""
    holders = _holders(call, ConnectionPermission.APPROVE).exclude(pk=call.task.person_id)
    if call.capability in always_second():
        holders = holders.exclude(pk=call.task.agent.owner_id)
    return list(holders[:MOST_NAMES])


def _holders(call: Call, permission: ConnectionPermission) -> QuerySet[Person]:
    return call.connection.holders(permission) if call.connection else Person.objects.none()


def describe_ask(approval: Approval, reader: Person) -> Ask:
    """Of an approval that was fetched ``for_reading``."""
    call, own = approval.call, approval.call.task.person_id == reader.pk
    words = YOU if own else second(str(call.task.person))
    return Ask(
        approval=approval,
        tag=approval.tag_for(reader),
        rows=tuple(rows(catalogue().get(call.capability), call.arguments, approval.origins, words)),
        reasons=tuple(spelled_out(render_reason(reason, words)) for reason in call.reasons),
        own=own,
        mine=approval.permits(reader, TaskPermission.ANSWER),
        obsolete=render_reason(why_obsolete(approval)) if approval.answerable else "",
        widenable=widenable(approval),
        reader=words,
    )
