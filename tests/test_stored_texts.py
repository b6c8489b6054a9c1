"""What stands in a text column, column by column: no sentence of the portal's own is stored where others read it, and
none is searched or taken apart afterwards. A new column fails until it is classified."""

import ast

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tests.tables import models_of
from tests.test_architecture import MODULES, name_of

# A reason: a code with parameters (portal.reasons), put in words for each reader.
CODED = {
    "agents.Task.reason",
    "agents.Task.waits",
    "agents.Call.reasons",
    "agents.Call.ending",
    "agents.Approval.why_dead",
    "agents.Approval.origins",
    "agents.Unclear.shown",
    "agents.Grant.cause",
    "agents.Stop.cause",
    "agents.Schedule.cause",
    "agents.Run.cause",
    "portal.Notice.reason",
    "portal.Delivery.trouble",
}
# Words of a person, shown as theirs.
WORDS = """
    agents.Agent.purpose agents.Agent.instructions agents.GrantRequest.why agents.Grant.note agents.Approval.note
    agents.Stop.why agents.Task.instruction agents.Task.attached
    agents.Schedule.instruction chat.ChatMessage.text metering.BudgetRaise.why
    metering.Permit.purpose metering.Look.purpose metering.CorrectionRequest.why metering.CorrectionRequest.note
    metering.Objection.why metering.Objection.note metering.ContractPrice.note metering.WorkItem.reversal_note
    metering.WorkItem.title
"""
# What a model or another system wrote: shown to the person of the task or of the connection, never to others.
FROM_ELSEWHERE = """
    agents.Task.result agents.Step.response agents.Step.text agents.Call.arguments agents.Call.result
    agents.Approval.sheet
    agents.Call.summary agents.Call.observed agents.Connection.check_note agents.Connection.check_rights
    agents.Arrival.text agents.Wake.says agents.Wake.cursor agents.Wake.trouble
    agents.Clearance.fixed
    memory.MemoryNote.text memory.DreamLine.text
    slack.Arrival.body slack.Link.known_as
"""
# One line of the portal's own about a thing, that nobody may read more or less of, and that nothing goes by.
LINES = {
    "slack.Reply.text": "a line posted in Slack: names and states, no words of a task or an ask",
    "portal.TrailCheck.reason": "what a check of the trail found, for auditors and admins; it names no person",
    "metering.UsageRefusal.reason": "why the ledger did not take an event, without its person; part of a key",
    "metering.UsageEvent.note": "on a correction or a late event, read in the ledger only",
    "metering.WorkItem.summary": "the line that the item's person sends to the colleague who confirms it",
    "metering.DisclosureCheck.findings": "what the nightly check of published figures found, for the auditor",
}
# Names, numbers, identifiers and settings that a program goes by.
NAMES = """
    portal.Person.password portal.Person.email portal.Person.display_name portal.Person.time_zone portal.Team.name
    portal.Team.cost_centre portal.Entry.event portal.Entry.actor_name portal.Entry.target_type
    portal.Entry.target_name portal.Entry.details portal.Submission.nonce portal.Submission.digest
    portal.AdminRequest.value portal.AdminRequest.former
    portal.Notice.kind portal.Notice.about_type portal.Notice.key portal.Notice.link portal.Delivery.channel
    portal.PushKey.public portal.Device.name portal.Device.place portal.Device.key
    portal.Choice.kind portal.Choice.channel portal.Outage.channel
    metering.UsageEvent.source metering.UsageEvent.key metering.UsageEvent.agent_name metering.UsageEvent.task
    metering.UsageEvent.trigger metering.UsageEvent.provider metering.UsageEvent.model metering.UsageEvent.priced_by
    metering.UsageEvent.currency metering.UsageEvent.corrects metering.UsageRefusal.source metering.UsageRefusal.key
    metering.ContractPrice.provider metering.ContractPrice.pattern metering.ContractPrice.currency
    metering.ExchangeRate.currency metering.Kept.currency metering.Budget.target metering.Budget.name
    metering.BudgetReservation.call metering.BudgetRefusal.agent_name metering.WorkItem.system
    metering.WorkItem.system_name metering.WorkItem.external_id metering.WorkItem.identity
    metering.WorkItem.agent_name metering.WorkItem.source metering.WorkItem.task metering.Attribution.source
    metering.Attribution.task metering.Feedback.source metering.Feedback.task metering.Publication.ref
    metering.Publication.slices metering.Publication.parts metering.YearCohort.place metering.Look.viewer_name
    metering.Look.team_name metering.CorrectionRequest.agent_name metering.CorrectionRequest.provider
    metering.CorrectionRequest.model metering.VisibilitySettings.values metering.VisibilitySettings.changes
    metering.DayUsage.agent_name metering.DayUsage.provider metering.DayUsage.model metering.TaskFact.source
    metering.TaskFact.ref metering.TaskFact.agent_name metering.TaskFact.trigger metering.TaskFact.item
    metering.Signal.agent_name metering.Signal.tasks metering.Signal.calls metering.Signal.numbers
    metering.QuietSchedule.agent_name agents.Connection.kind agents.Connection.name agents.Connection.settings
    agents.Agent.name agents.Agent.model agents.Agent.ready_made agents.Grant.capability agents.Grant.limits
    agents.Grant.declaration agents.Task.envelope agents.Task.counts agents.Task.worker agents.Call.tool_call_id
    agents.Call.tool_name agents.Call.capability agents.Call.digest agents.Call.counts agents.Approval.digest
    agents.Stop.capability agents.Grant.hours_zone
    agents.Schedule.envelope agents.Schedule.line agents.Schedule.zone agents.Schedule.event agents.Schedule.place
    agents.Schedule.cursor agents.Run.key agents.Arrival.key agents.Wake.about
    agents.Access.provider agents.Access.account agents.Connection.inside
    agents.Clearance.capability agents.Clearance.shape agents.Clearance.agent_was
    memory.MemoryNote.sources memory.DreamLine.notes
    slack.Arrival.key slack.Arrival.trouble slack.Link.team slack.Link.account slack.Link.room slack.LinkCode.digest
    slack.Workspace.team slack.Workspace.app slack.Workspace.token_digest
    slack.Reply.channel slack.Reply.key slack.Reply.ts slack.Reply.thread slack.Reply.account
    slack.AskMessage.channel slack.AskMessage.key slack.AskMessage.ts slack.AskMessage.digest slack.AskMessage.kind
    slack.NoticeMessage.channel slack.NoticeMessage.key slack.NoticeMessage.ts
    slack.TaskThread.channel slack.TaskThread.ts slack.TaskThread.thread
    portal.ArchivedSegment.file portal.ArchivedSegment.sha256 portal.Seal.missing portal.Seal.covers
    portal.Tally.event portal.Tally.code portal.Tick.name
"""
COLUMNS = {one.rpartition(".")[2] for one in CODED}
TAKEN_APART = {
    "startswith", "endswith", "find", "index", "partition", "rpartition", "split", "replace", "removeprefix",
    "removesuffix", "count", "search", "match", "fullmatch", "sub", "finditer", "findall",
}  # fmt: skip


def texts() -> set[str]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    found = set()
    for model in models_of():
        for field in model._meta.local_concrete_fields:
            base = field.base_field if isinstance(field, ArrayField) else field
            if isinstance(base, kinds) and not field.choices:
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_text_column_is_classified_once():
    classes = [CODED, set(WORDS.split()), set(FROM_ELSEWHERE.split()), set(LINES), set(NAMES.split())]
    known = set().union(*classes)
    assert sum(map(len, classes)) == len(known), "one column, one class"
    assert texts() - known == set(), "say what stands there; a sentence of the portal's own becomes a code"
    assert known - texts() == set(), "gone"


def test_reasons_are_json_and_never_free_text():
    for label in CODED:
        model, _, name = label.rpartition(".")
        assert isinstance(apps.get_model(model)._meta.get_field(name), models.JSONField), label


def _calls(path):
    return [one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)]


def _sentence(node: ast.AST) -> bool:
    """A text with a space in it, written down in the code."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(isinstance(one, ast.Constant) and " " in str(one.value).strip() for one in parts)


def test_no_sentence_goes_into_the_trail_or_into_a_reason():
    """What code says there is a code with parameters; only what a person wrote is a text."""
    wrong = []
    for path in MODULES:
        for call in _calls(path):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            asked = name in {"detail", "also", "because"}
            for given in call.keywords:
                if (asked or given.arg in {"cause", "ending", "why_dead"}) and _sentence(given.value):
                    wrong.append(f"{name_of(path)}:{call.lineno} {name}({given.arg}=…)")
    assert wrong == []


def test_no_reason_is_searched_or_taken_apart():
    """Where code has to go by a reason it goes by its code; a changed sentence changes no behaviour."""
    wrong = []
    for path in MODULES:
        for call in _calls(path):
            if getattr(call.func, "attr", "") not in TAKEN_APART:
                continue
            for node in (part for one in [call.func, *call.args] for part in ast.walk(one)):
                worded = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "told"
                if worded or (isinstance(node, ast.Attribute) and node.attr in COLUMNS):
                    wrong.append(f"{name_of(path)}:{call.lineno} {ast.unparse(call)[:80]}")
    assert wrong == []
