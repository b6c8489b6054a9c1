"""The tables of this app that hold data about a person: what they hold, and what an erasure does with it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import models
from django.db.models.functions import Now

from agents.queue.models import Task
from agents.registry.models import Agent
from portal.people.models import Person
from portal.personal_data import REMOVED, PersonalData, Table, deleted, emptied


def taken_down(rows: models.QuerySet[Any], person: Person) -> None:
    """Personal connections: no place, no secret, no name of the person's choosing."""
    own = rows.filter(person=person)
    gone: dict[str, Any] = {"settings": {}, "secret": b"", "check_note": "", "check_rights": {}, "inside": []}
    own.order_by().update(name="Personal connection", state="removed", **gone)


def signed_out(rows: models.QuerySet[Any], person: Person) -> None:
    """Whoever left is signed out at the provider before; what it knows them by goes here.

    An account that is nobody's stays signed in for its shared connection.
    """
    rows = rows.filter(connection__person__isnull=False)
    rows.order_by().update(account="", tokens=b"")
    rows.filter(ended_at__isnull=True).update(ended_at=Now())
    rows.filter(revoked_at__isnull=True).update(revoked_at=Now())


def ended_schedules(rows: models.QuerySet[Any], person: Person) -> None:
    """Nothing runs for a person who is nobody any more, and what it was to do is theirs."""
    gone: dict[str, Any] = {
        "instruction": REMOVED,
        "place": "",
        "cursor": None,
        "signing_key": None,
        "cause": {},
    }
    rows.order_by().update(state="ended", next_at=None, **gone)


def hinders(person: Person) -> Iterator[str]:
    agents = Agent.objects.filter(owner=person).exclude(state=Agent.State.RETIRED).order_by("name")
    for agent in agents:
        yield f"They own the agent {agent}. Hand it over to somebody, or retire it."
    if Task.objects.filter(person=person).under_way().exists():
        yield "Their tasks are under way. Wait until they have ended, or deactivate the person, which ends their tasks."


TEXTS_TIME = "Texts {content} days after the task has ended, or as long as you keep its texts."
nameless = partial(Table, after="Stays as a record of what was decided, without your name.")
gone = partial(Table, after="Deleted.", erase=deleted)

PERSONAL_DATA = PersonalData(
    "Agents and tasks",
    (
        Table(
            "connections",
            "agents.Connection",
            ("person",),
            "Your own mailboxes and other connections. Their passwords are encrypted and never exported.",
            "Settings and password are deleted. The record stays, without your name.",
            taken_down,
            hide=("secret",),
        ),
        Table(
            "provider-sign-ins",
            "agents.Access",
            ("person",),
            "Where you signed in for your connections. The tokens are encrypted and never exported.",
            "Account and tokens are deleted. The record stays, without your name.",
            signed_out,
            hide=("tokens",),
        ),
        gone(
            "connection-rights",
            "agents.ConnectionPersonRight",
            ("user",),
            "Rights on connections that were given to you.",
        ),
        nameless(
            "live-yeses", "agents.LiveYes", ("by",), "Agents that you let act for real on a connection."
        ),
        nameless(
            "openings",
            "agents.Opening",
            ("person", "given_by"),
            "Connections of others that were opened to you, and whom you opened yours to.",
        ),
        nameless("agents", "agents.Agent", ("owner", "live_by"), "Agents that you own, or let act for real."),
        gone("agent-shares", "agents.AgentPersonShare", ("user",), "Agents that were shared with you."),
        nameless("requests", "agents.GrantRequest", ("requested_by",), "Requests for access that you made."),
        nameless("grants", "agents.Grant", ("decided_by",), "Grants that you decided on."),
        nameless("stops", "agents.Stop", ("set_by", "lifted_by"), "Stops that you set or lifted."),
        Table(
            "asks",
            "agents.Approval",
            ("call__task__person",),
            "What your tasks asked, and the answers.",
            "Texts are removed.",
            emptied(origins=[], note="", why_dead={}),
            time=TEXTS_TIME,
        ),
        nameless(
            "answers",
            "agents.Approval",
            ("answered_by",),
            "Answers that you gave, including in other people's tasks.",
            erase=emptied(note=""),
            only=("id", "state", "scope", "asked_at", "answered_at", "note"),
        ),
        Table(
            "waits",
            "agents.Wake",
            ("call__task__person",),
            "What your tasks waited for elsewhere, and how often the portal looked at it.",
            "Texts are removed.",
            emptied(says="", about="", cursor=None, trouble=""),
            hide=("cursor",),
            time="Texts as soon as it has ended.",
        ),
        Table(
            "unclear",
            "agents.Unclear",
            ("call__task__person",),
            "Calls of your tasks of which nobody knew whether they happened, and what was said.",
            "Texts are removed.",
            emptied(shown={}),
            time=TEXTS_TIME,
        ),
        nameless(
            "unclear-answers",
            "agents.Unclear",
            ("answered_by", "looked_by"),
            "What you said about calls of which nobody knew whether they happened.",
            only=("id", "state", "asked_at", "answered_at", "looked_at"),
        ),
        Table(
            "calls",
            "agents.Call",
            ("task__person",),
            "Everything that your tasks did or wanted to do: arguments, decision, result.",
            "Arguments, reasons and results are removed. The capability, the times and how it ended stay.",
            emptied(arguments={}, reasons=[], summary="", ending={}, result=None, observed=None, counts={}),
            hide=("key",),
            time=TEXTS_TIME,
        ),
        Table(
            "steps",
            "agents.Step",
            ("task__person",),
            "What the model said in your tasks, and what each step used, as long as that is kept.",
            "Texts and figures are removed.",
            emptied(response={}, text="", input_tokens=0, output_tokens=0, cost_micros=None),
            time=TEXTS_TIME,
        ),
        nameless(
            "stopped-tasks",
            "agents.Task",
            ("cancel_requested_by",),
            "Tasks that you asked to stop.",
            only=("id", "agent", "cancel_requested_at"),
        ),
        Table(
            "tasks",
            "agents.Task",
            ("person",),
            "Your tasks: instruction, attached text, result, times, and what they used, as long as that is kept.",
            "Texts and figures are removed. The task's agent and how it ended stay.",
            emptied(
                instruction=REMOVED,
                attached="",
                reason={},
                waits={},
                result="",
                counts={},
                tokens=0,
                cost_micros=None,
                worker="",
            ),
            time=TEXTS_TIME,
        ),
        Table(
            "schedules",
            "agents.Schedule",
            ("person",),
            "Your schedules: instruction, times, limits. Signing keys are encrypted and leave in no export.",
            "Texts are removed, and none runs any more.",
            ended_schedules,
            hide=("signing_key", "cursor"),
            time="The instruction {content} days after the schedule has ended.",
        ),
        nameless(
            "schedule-runs",
            "agents.Run",
            ("schedule__person",),
            "When your schedules ran, or why they did not.",
            hide=("key",),
        ),
        Table(
            "schedule-events",
            "agents.Arrival",
            ("schedule__person",),
            "Events that your schedules waited for.",
            "Deleted.",
            deleted,
            hide=("key",),
            time="{content} days.",
        ),
        Table(
            "clearances",
            "agents.Clearance",
            ("schedule__person",),
            "What your schedules were allowed in advance for a night, and by whom.",
            "The values are removed. The record stays, without your name.",
            emptied(fixed={}),
            hide=("shape", "agent_was"),
            time="The values {content} days after that night.",
        ),
        nameless(
            "clearances-given",
            "agents.Clearance",
            ("by",),
            "What you allowed in advance for a night, including in other people's schedules.",
            only=("id", "capability", "most", "used", "given_at", "until", "withdrawn_at"),
        ),
        nameless(
            "clearance-uses",
            "agents.ClearanceUse",
            ("clearance__schedule__person",),
            "Calls that went because they were allowed in advance.",
        ),
        gone(
            "night-hours",
            "agents.NightHours",
            ("person",),
            "The hours of your evening and morning pages.",
        ),
        nameless(
            "handovers",
            "agents.Handover",
            ("to", "offered_by"),
            "Tasks of people who left that were offered to you, or that you offered.",
        ),
        gone(
            "task-shares",
            "agents.TaskShare",
            ("task__person", "reader"),
            "Tasks that you shared with somebody, and tasks that were shared with you.",
        ),
    ),
    hinders=hinders,
    written={
        "agents.Connection": ("name", "settings", "check_note", "check_rights"),
        "agents.Access": ("account",),
        "agents.Agent": ("name", "purpose", "instructions"),
        "agents.GrantRequest": ("why",),
        "agents.Grant": ("limits", "note", "cause"),
        "agents.Task": ("instruction", "attached", "reason", "waits", "result", "counts"),
        "agents.Step": ("response", "text"),
        "agents.Call": ("arguments", "reasons", "summary", "ending", "result", "counts", "observed"),
        "agents.Approval": ("origins", "sheet", "why_dead", "note"),
        "agents.Wake": ("says", "trouble"),
        "agents.Unclear": ("shown",),
        "agents.Stop": ("why", "cause"),
        "agents.Schedule": ("instruction", "place", "cause"),
        "agents.Run": ("cause",),
        "agents.Arrival": ("text",),
        "agents.Clearance": ("fixed",),
    },
)
