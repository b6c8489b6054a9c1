"""Content has a time: every text of every table is blanked in its time, or is none of anybody's, and says why."""

import pytest
from django.apps import apps
from django.db import models

from agents.clearances import retention as clearance_retention
from agents.connectors.plugins import AgentsPlugin
from agents.queue import retention
from agents.schedules import retention as schedule_retention
from metering.rights.anonymize import ITEM_TEXTS
from portal.notices import retention as notice_retention
from portal.plugins import of_kind
from tests.tables import models_of

TIMED = {
    **{label: set(names) for label, (_, names) in retention.TEXTS.items()},
    **{texts.model: set(texts.columns) for plugin in of_kind(AgentsPlugin) for texts in plugin.task_texts},
    **schedule_retention.TEXTS,
    **clearance_retention.TEXTS,
    **notice_retention.TEXTS,
    "metering.WorkItem": set(ITEM_TEXTS),
}
# Texts that stay, and why. A new column of a table with content is in TIMED, or here with a reason of its own.
SETTING = "a setting of a thing that is at work: it goes with the thing"
DECISION = "the reason of a decision, written to be read by those it concerns; kept to account for it"
NAME = "a name; an erasure takes a person's out"
CODE = "a word of the program: a kind, a key, a digest, a reference"
REASON = "a code with parameters: names and numbers of what was decided"
USAGE = (
    "goes with usage (PORTAL_KEEP_EVENTS, _PERSON_DAYS, _SKETCHES, _LOOKS); says nothing of what was written"
)
STAYS = {
    "portal.Person": {"password": CODE, "email": NAME, "display_name": NAME, "time_zone": SETTING},
    "portal.Team": {"name": NAME, "cost_centre": NAME},
    "portal.Entry": {
        **dict.fromkeys(("actor_name", "target_name"), NAME),
        **dict.fromkeys(("event", "target_type"), CODE),
        "details": "the trail: facts of decisions, never texts (its verbs write names, numbers and codes)",
    },
    "portal.AdminRequest": {"value": NAME, "former": "a hash, emptied when the account is open again"},
    "portal.Notice": dict.fromkeys(("kind", "about_type", "key", "link"), CODE),
    "portal.Delivery": {"channel": CODE, "trouble": REASON},
    "portal.PushKey": {"public": CODE},
    "portal.Device": {"name": SETTING, **dict.fromkeys(("place", "key"), CODE)},
    "portal.Choice": dict.fromkeys(("kind", "channel"), CODE),
    "portal.Outage": {"channel": CODE},
    "portal.Submission": dict.fromkeys(("nonce", "digest"), CODE),
    "portal.Seal": dict.fromkeys(("covers", "missing"), CODE),
    "portal.ArchivedSegment": dict.fromkeys(("file", "sha256"), CODE),
    "portal.Tick": {"name": CODE},
    "portal.Tally": dict.fromkeys(("event", "code"), CODE),
    "portal.TrailCheck": {"reason": "what a check of the trail found: numbers of entries"},
    "agents.Agent": {
        "name": NAME,
        **dict.fromkeys(("purpose", "instructions", "model"), SETTING),
        "ready_made": CODE,
    },
    "agents.Connection": {
        "name": NAME,
        "kind": CODE,
        **dict.fromkeys(("settings", "check_note", "check_rights", "inside"), SETTING),
    },
    "agents.Access": {"provider": CODE, "account": NAME},
    "agents.GrantRequest": {"why": DECISION},
    "agents.Grant": {
        "capability": CODE,
        "declaration": CODE,
        "cause": REASON,
        "hours_zone": SETTING,
        "limits": SETTING,
        "note": DECISION,
    },
    "agents.Stop": {"capability": CODE, "cause": REASON, "why": DECISION},
    "agents.Task": {
        "envelope": "which capabilities on which connections: numbers and codes",
        "counts": "how many things were done, by kind",
        "worker": CODE,
    },
    "agents.Call": {
        **dict.fromkeys(("tool_call_id", "tool_name", "capability", "digest"), CODE),
        "counts": "how many things were done, by kind",
    },
    "agents.Approval": {"digest": CODE},
    "agents.Schedule": {
        "envelope": "which capabilities on which connections: numbers and codes",
        **dict.fromkeys(("line", "zone"), SETTING),
        "event": CODE,
        "cursor": "up to where a connection was looked at: ids and times",
        "cause": REASON,
    },
    "agents.Run": {"key": CODE, "cause": REASON},
    "memory.DreamLine": {
        "text": "what a dream proposes that notes become: goes with the line after a month",
        "notes": "numbers of notes and of their versions",
    },
    "memory.MemoryNote": {
        "text": "a note has days of its own, as its grant says, and its person deletes it sooner",
        "sources": "what a task had read: names of capabilities and numbers of calls",
    },
    "agents.Arrival": {"key": CODE},
    "agents.Wake": dict.fromkeys(
        ("says", "about", "cursor", "trouble"), "of what is under way elsewhere: emptied when it has ended"
    ),
    "slack.Arrival": {
        "body": "as Slack sent it: emptied as soon as it is worked on, given up after two hours at most",
        **dict.fromkeys(("key", "trouble"), CODE),
    },
    "slack.Link": {**dict.fromkeys(("team", "account", "room"), CODE), "known_as": NAME},
    "slack.LinkCode": {"digest": CODE},
    "slack.Workspace": dict.fromkeys(("team", "app", "token_digest"), CODE),
    "slack.Reply": {
        "text": "a line of the portal's own, emptied when it is posted; the row goes after a month",
        **dict.fromkeys(("channel", "key", "ts", "thread", "account"), CODE),
    },
    "slack.AskMessage": dict.fromkeys(("channel", "kind", "key", "ts", "digest"), CODE),
    "slack.NoticeMessage": dict.fromkeys(("channel", "key", "ts"), CODE),
    "slack.TaskThread": dict.fromkeys(("channel", "ts", "thread"), CODE),
    "agents.Clearance": dict.fromkeys(("capability", "shape", "agent_was"), CODE),
    "metering.Budget": {"target": CODE, "name": NAME},
    "metering.BudgetRaise": {"why": DECISION},
    "metering.BudgetReservation": {"call": CODE},
    "metering.ContractPrice": dict.fromkeys(("provider", "pattern", "currency", "note"), SETTING),
    "metering.ExchangeRate": {"currency": CODE},
    "metering.Kept": {"currency": CODE},
    "metering.WorkItem": {
        **dict.fromkeys(("system", "external_id", "identity", "source", "task"), CODE),
        **dict.fromkeys(("system_name", "agent_name"), NAME),
    },
    "metering.Permit": {"purpose": DECISION},
    "metering.CorrectionRequest": {
        **dict.fromkeys(("why", "note"), DECISION),
        **dict.fromkeys(("agent_name", "provider", "model"), NAME),
    },
    "metering.Objection": {"why": DECISION, "note": DECISION},
    "metering.VisibilitySettings": {"values": SETTING, "changes": SETTING},
    "metering.DisclosureCheck": {"findings": "groups by name, for auditors; never texts"},
}
WITH_USAGE = {
    "BudgetRefusal", "UsageEvent", "UsageRefusal", "Attribution", "Feedback", "Publication", "YearCohort", "Look",
    "DayUsage", "TaskFact", "Signal", "QuietSchedule",
}  # fmt: skip


def texts(model: type[models.Model]) -> set[str]:
    kinds = models.CharField | models.TextField | models.JSONField
    return {one.name for one in model._meta.concrete_fields if isinstance(one, kinds) and not one.choices}


@pytest.mark.parametrize("app", ["portal", "metering", "agents"])
def test_every_text_has_a_time_or_a_reason_to_stay(app: str):
    open_ = {
        f"{model._meta.label}.{name}"
        for model in models_of(app)
        if model.__name__ not in WITH_USAGE
        for name in texts(model) - TIMED.get(model._meta.label, set()) - set(STAYS.get(model._meta.label, {}))
    }
    assert open_ == set(), "content gets a time (agents/queue/retention.py), anything else a reason here"


def test_both_lists_name_only_what_there_is():
    for label, names in [*TIMED.items(), *((label, set(names)) for label, names in STAYS.items())]:
        assert names <= texts(apps.get_model(label)), label
    twice = {label for label in TIMED if TIMED[label] & set(STAYS.get(label, {}))}
    assert twice == set()
