"""Queries of the asks' pages: one person's lists, and one ask with its task."""

from typing import Any

from agents.approvals.display import describe_ask
from agents.approvals.models import Approval, ApprovalQuerySet
from agents.card.card import card
from agents.grants.models import Grant
from agents.pages.approvals.forms import AnswerForm, ProposalForm
from agents.permissions import AgentPermission, TaskPermission
from agents.queue.story import Line, story
from portal.access import may
from portal.people.models import Person

LED_HERE = 5  # lines


def listed(person: Person, state: str) -> tuple[ApprovalQuerySet, int]:
    """The asks of one tab, and how many of the person's tasks wait for another person."""
    seen = Approval.objects.visible_to(person).for_reading()
    mine = Approval.objects.answerable_by(person).values("pk")
    others = seen.open().exclude(pk__in=mine).order_by("expires_at", "id")
    if state == "closed":
        return seen.closed().order_by("-id"), others.count()
    if state == "others":
        return others, others.count()
    return seen.open().filter(pk__in=mine).order_by("expires_at", "id"), others.count()


def context(person: Person, approval: Approval) -> dict[str, Any]:
    """One ask. The person whose task it is also gets the steps that led to it; a second person does not."""
    approval = Approval.objects.for_reading().select_related("call__step").get(pk=approval.pk)
    call, task = approval.call, approval.call.task
    ask = describe_ask(approval, person)
    agent_seen = may(person, AgentPermission.VIEW, task.agent)
    told = {
        "ask": ask,
        "task": task,
        "form": AnswerForm(),
        "agent_seen": agent_seen,
        "grant_seen": Grant.objects.visible_to(person).filter(pk=call.grant_id or 0).exists(),
        "may_stop": not task.ended and may(person, TaskPermission.STOP, task),
        "card": card(task.agent) if agent_seen else None,
        "proposal": ProposalForm(None, approval) if ask.proposable else None,
    }
    if ask.own:
        before = [line for told in reversed(story(task, call.step.number).steps) for line in told.lines]
        told["led_here"] = [*before[-LED_HERE:], Line((call,))]
    return told
