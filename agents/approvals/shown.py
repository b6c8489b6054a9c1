"""An ask as pages show it: what would happen, where each value comes from, why a person is asked."""

from dataclasses import dataclass

from agents.approvals.models import Approval
from agents.approvals.origins import Known, Row, rows
from agents.connectors import catalogue


@dataclass(frozen=True, slots=True)
class Ask:
    approval: Approval
    rows: tuple[Row, ...]
    reasons: tuple[str, ...]

    @property
    def outcome(self) -> tuple[str, str]:
        """What became of an ask that takes no answer any more: a title and a sentence."""
        match self.approval.state:
            case Approval.State.APPROVED:
                done = "The call was made." if self.approval.used_at else "The task goes on with it."
                return f"{self.approval.answered_by} allowed this", f"Once, exactly as it stands here. {done}"
            case Approval.State.REFUSED:
                return f"{self.approval.answered_by} said no", "The agent was told so, and the task went on."
            case Approval.State.DEAD:
                return "No longer needed", "The task ended before there was an answer. Nothing was done."
        return (
            "The time for an answer is over",
            "Nobody answered. That means no, and the task goes on without it.",
        )


def shown(approval: Approval) -> Ask:
    """Of an approval that was fetched ``for_reading``: no query."""
    call = approval.call
    limits = call.grant.limits if call.grant else {}
    known = Known(call.task.instruction, call.task.person.email, limits)
    told = rows(catalogue().get(call.capability), call.arguments, known)
    return Ask(approval, tuple(told), tuple(reason["text"] for reason in call.reasons))
