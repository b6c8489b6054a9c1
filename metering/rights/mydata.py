"""What the tables of metering hold about a person: usage, who looked, permits, corrections, objections."""

from typing import Any

from django.db import models

from metering.permits.models import Permit
from metering.rights.anonymize import days_to_no_one, erase_events, items_to_no_one
from portal.people.models import Person
from portal.personal_data import PersonalData, Table, deleted, emptied

NAMELESS = "Kept as a record of what was decided, without the person's name."
DECISION = ("id", "state", "decided_at", "note")
TO_NO_ONE = "Passes to “No one”: the cost stays with the team, and nothing leads to the person."


def looks_pass(rows: models.QuerySet[Any], person: Person) -> None:
    """Who was looked at is forgotten; the names that were copied are those of a nameless person now."""
    rows.model.people.through.objects.filter(person=person).delete()
    looks = rows.model.objects.order_by()
    looks.filter(viewer=person).update(viewer_name=person.display_name)
    looks.filter(permit__person=person).update(team_name=person.display_name)


def about(person: Person) -> models.Q:
    return models.Q(pk__in=Permit.objects.about(person).values("pk"))


PERSONAL_DATA = PersonalData(
    "Usage",
    (
        Table(
            "usage-calls",
            "metering.UsageEvent",
            ("person",),
            "Every model call made for you: agent, model, tokens, cost. Never what was said.",
            TO_NO_ONE,
            lambda rows, person: erase_events(rows),
            time="{events} days",
        ),
        Table(
            "usage-days",
            "metering.DayUsage",
            ("person",),
            "The same added up by day, agent and model.",
            TO_NO_ONE,
            lambda rows, person: days_to_no_one("d.person_id = %s", [person.pk]),
            time="{person_days} days",
        ),
        Table(
            "usage-weeks",
            "metering.Settled",
            ("person",),
            "Your cost and verified items of each four weeks, as used for group figures.",
            "Deleted.",
            deleted,
        ),
        Table(
            "looks",
            "metering.Look",
            ("people", "viewer"),
            "Who opened a report about you or your group, when and why. And reports that you opened.",
            "Reports about you no longer name you. Those that you opened stay, without your name.",
            looks_pass,
            time="{looks} days",
        ),
        Table(
            "pages-seen",
            "metering.SeenPage",
            ("viewer", "person"),
            "Whose report was opened in a year: yours, or others' that you opened. Group figures take it into account, "
            "so that nobody can work out one person by comparing.",
            "Stays without your name until the next year begins, because the viewer still knows what they saw.",
        ),
        Table(
            "permits",
            "metering.Permit",
            ("viewer", "decided_by", "person"),
            "Permits: yours, those that you decided on, and those about you or your teams.",
            NAMELESS,
            who=about,
        ),
        Table(
            "contract-prices",
            "metering.ContractPrice",
            ("added_by",),
            "Contract prices that you added.",
            NAMELESS,
        ),
        Table(
            "work-items",
            "metering.WorkItem",
            ("person",),
            "Results of your tasks in other systems, who was asked to confirm them, and whether they count.",
            "Passes to “No one”, without title and task. The team keeps the record that it was done.",
            lambda rows, person: items_to_no_one(rows),
            time="Texts {content} days; your name {person_days} days",
        ),
        Table(
            "work-items-confirmed",
            "metering.WorkItem",
            ("asked_of", "verified_by"),
            "Work items that colleagues asked you to confirm, and what you said.",
            NAMELESS,
            only=("id", "system_name", "external_id", "asked_at", "declined_at", "verified_at"),
        ),
        Table(
            "work-items-carried",
            "metering.Attribution",
            ("person",),
            "Which of your tasks worked on which work item.",
            "Deleted.",
            deleted,
            time="{person_days} days",
        ),
        Table(
            "work-confirmed",
            "metering.Acceptance",
            ("by", "of"),
            "Who confirmed whose work on which day, after the item itself has no names. Detects mutual confirmations.",
            "Deleted.",
            deleted,
            time="365 days",
        ),
        Table(
            "thumbs",
            "metering.Feedback",
            ("person",),
            "Whether you said that a task of yours was done well. The agent's owner sees only how many people said so.",
            "Your answer still counts in those numbers, without your name and task.",
            emptied(source="", task=""),
            time="{person_days} days",
        ),
        Table(
            "task-facts",
            "metering.TaskFact",
            ("person",),
            "When each task began and ended, whether its result was opened, and how much it changed.",
            "Deleted.",
            deleted,
            hide=("sketch",),
            time="{person_days} days; fingerprints {sketches} days",
        ),
        Table(
            "signals",
            "metering.Signal",
            ("person",),
            "Hints about waste in your usage. Only you see them.",
            "Deleted.",
            deleted,
            time="{person_days} days",
        ),
        Table(
            "quiet-schedules",
            "metering.QuietSchedule",
            ("person",),
            "Your schedules whose results nobody opened, and when you were told.",
            "Deleted.",
            deleted,
            time="{person_days} days",
        ),
        Table(
            "budgets",
            "metering.Budget",
            ("person", "set_by", "ended_by"),
            "Budgets of your tasks, and budgets that you set or ended.",
            NAMELESS,
        ),
        Table(
            "budget-raises",
            "metering.BudgetRaise",
            ("set_by", "ended_by"),
            "Budgets that you raised temporarily, and why.",
            "Your reason is removed. The amount and the dates stay, without your name.",
            emptied(why=""),
        ),
        Table(
            "corrections",
            "metering.CorrectionRequest",
            ("person",),
            "Usage that you said was not yours, and what was decided.",
            "Your reason is removed. The request and the decision stay, without your name.",
            emptied(why="", note=""),
        ),
        Table(
            "corrections-decided",
            "metering.CorrectionRequest",
            ("decided_by",),
            "Decisions that you made on other people's corrections.",
            NAMELESS,
            only=DECISION,
        ),
        Table(
            "objections",
            "metering.Objection",
            ("person",),
            "What you objected to, and what was decided.",
            "Your reason is removed. The objection and the decision stay, without your name.",
            emptied(why="", note=""),
        ),
        Table(
            "objections-decided",
            "metering.Objection",
            ("decided_by",),
            "Decisions that you made on other people's objections.",
            NAMELESS,
            only=DECISION,
        ),
    ),
    written={
        "metering.UsageEvent": ("agent_name", "note"),
        "metering.UsageRefusal": ("reason",),
        "metering.ContractPrice": ("note",),
        "metering.DayUsage": ("agent_name",),
        "metering.TaskFact": ("agent_name",),
        "metering.Signal": ("agent_name",),
        "metering.QuietSchedule": ("agent_name",),
        "metering.WorkItem": ("external_id", "title", "agent_name", "summary", "reversal_note"),
        "metering.Budget": ("name",),
        "metering.BudgetRaise": ("why",),
        "metering.BudgetRefusal": ("agent_name",),
        "metering.Permit": ("purpose",),
        "metering.Look": ("purpose",),
        "metering.DisclosureCheck": ("findings",),
        "metering.CorrectionRequest": ("agent_name", "why", "note"),
        "metering.Objection": ("why", "note"),
    },
)
