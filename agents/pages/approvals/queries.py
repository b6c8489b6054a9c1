"""Queries of the asks' pages: one person's lists, and one ask or one unclear call with its task."""

from typing import Any

from agents.approvals.argument_rows import rows
from agents.approvals.display import approvers, describe_ask
from agents.approvals.models import Approval, ApprovalQuerySet
from agents.approvals.unclear import Unclear, UnclearQuerySet
from agents.card.card import card
from agents.connectors import catalogue
from agents.gate.previews import preview, previewed
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


def unclear_of(person: Person, state: str) -> UnclearQuerySet:
    """The unclear calls that wait for the person, or for others. Closed ones are told of on their task's page."""
    seen = Unclear.objects.visible_to(person).for_reading().open().order_by("expires_at", "id")
    mine = Unclear.objects.answerable_by(person).values("pk")
    if state == "closed":
        return seen.none()
    return seen.exclude(pk__in=mine) if state == "others" else seen.filter(pk__in=mine)


def unclear_context(person: Person, unclear: Unclear) -> dict[str, Any]:
    """One unclear call: what it was to do, what its system showed, and whether this person can say anything now."""
    unclear = Unclear.objects.for_reading().get(pk=unclear.pk)
    call, task = unclear.call, unclear.call.task
    own, mine = task.person_id == person.pk, unclear.permits(person, TaskPermission.ANSWER)
    declared = catalogue().get(call.capability)
    ask = getattr(call, "approval", None)
    return {
        "unclear": unclear,
        "question": unclear.question,
        "address": unclear.get_absolute_url(),
        "live": unclear.answerable,
        "task": task,
        "own": own,
        "mine": mine,
        "rows": rows(declared, call.arguments, ask.origins if ask else ()),
        "approvers": [] if mine else approvers(call),
        "may_stop": not task.ended and may(person, TaskPermission.STOP, task),
        "version": f"{unclear.state}-{unclear.looked_at.timestamp()}-{unclear.ready:d}{task.ended:d}{mine:d}",
    }


def context(person: Person, approval: Approval) -> dict[str, Any]:
    """One ask. The person whose task it is also gets the steps that led to it; a second person does not."""
    approval = Approval.objects.for_reading().select_related("call__step").get(pk=approval.pk)
    call, task = approval.call, approval.call.task
    ask = describe_ask(approval, person)
    agent_seen = may(person, AgentPermission.VIEW, task.agent)
    told = {
        "ask": ask,
        "question": approval.question,
        "address": approval.get_absolute_url(),
        "live": ask.open,
        "version": ask.version,
        "own": ask.own,
        "task": task,
        "form": AnswerForm(),
        "agent_seen": agent_seen,
        "grant_seen": Grant.objects.visible_to(person).filter(pk=call.grant_id or 0).exists(),
        "may_stop": not task.ended and may(person, TaskPermission.STOP, task),
        "card": card(task.agent) if agent_seen else None,
        "proposal": ProposalForm(None, approval) if ask.proposable else None,
    }
    if ask.open and call.connection is not None and previewed(call.connection.connector):
        told["preview"], told["no_preview"] = preview(call)
    if ask.own:
        before = [line for told in reversed(story(task, call.step.number).steps) for line in told.lines]
        told["led_here"] = [*before[-LED_HERE:], Line((call,))]
    return told
