"""\"That was not me\": asked by the person, decided by somebody else; the cost stays, the person is out of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from metering.disputes.models import CorrectionRequest
from metering.outcomes import actions as outcomes
from metering.outcomes.models import Attribution, WorkItem
from metering.privacy.disclosure import COLLUDERS, K
from metering.publications.models import Publication
from metering.publishing import due
from metering.rights import actions
from metering.rollups.models import DayUsage
from metering.signals.models import Signal, TaskFact
from metering.usage.models import UsageEvent
from portal.audit.models import Entry
from portal.people.nobody import no_one, no_one_id
from tests.cast import as_
from tests.metering.builders import last_weeks, people, today, used
from tests.metering.outcomes import counted, credited


def money() -> dict:
    """Every sum that must not move: by team, model and day, in the roll-ups and in the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT team_id, provider, model, day, sum(cost_micros), sum(requests), sum(unpriced_requests), "
            "sum(input_tokens), sum(output_tokens), sum(cache_read_tokens) FROM metering_dayusage GROUP BY 1, 2, 3, 4"
        )
        days = sorted(cursor.fetchall())
        cursor.execute(
            "SELECT team_id, provider, model, (at AT TIME ZONE 'UTC')::date, sum(coalesce(cost_micros, 0)), "
            "sum(requests), sum(unpriced), sum(input_tokens) "
            "FROM metering_usageevent GROUP BY 1, 2, 3, 4"
        )
        return {"days": days, "events": sorted(cursor.fetchall())}


def ask(person, **more) -> CorrectionRequest:
    values = {"first_day": today(), "last_day": today(), "why": "Somebody used my laptop"} | more
    return actions.request_correction(person, **values)


def of(person) -> tuple[int, int]:
    """Calls of this person: in the ledger, in the roll-ups."""
    rows = (UsageEvent.objects.filter(person=person), DayUsage.objects.filter(person=person))
    ledger, days = (sum(each.values_list("requests", flat=True)) for each in rows)
    return ledger, days


def test_accepted_the_calls_are_nobodys_and_every_sum_is_the_same(cast):
    used(cast.mia, cast.support)
    used(cast.mia, cast.support, agent_id=8, agent_name="Digest")
    used(cast.mia, cast.support, agent_id=8, agent_name="Digest", model="acme:unheard-of")
    used(cast.lea, cast.support, agent_id=8, agent_name="Digest")
    before, rows = money(), list(UsageEvent.objects.order_by("id").values())
    asked = actions.accept_correction(cast.ada, ask(cast.mia, agent_id=8, agent_name="Digest"))
    assert (asked.state, asked.moved, asked.decided_by) == ("accepted", 2, cast.ada)
    assert (of(cast.mia), of(no_one()), of(cast.lea)) == ((1, 1), (2, 2), (1, 1))
    assert money() == before
    assert list(UsageEvent.objects.filter(kind="call").order_by("id").values()) == rows, "no row was changed"
    made = UsageEvent.objects.filter(kind="correction")
    assert {row.note for row in made} == {f"not theirs, correction {asked.pk}"}
    assert not any(row.task for row in made.filter(person=no_one()))
    assert not DayUsage.objects.filter(person=cast.mia, agent_id=8).exists()


def test_what_came_of_the_tasks_goes_along_and_what_came_of_others_stays(cast):
    """Else whoever is rid of the calls would keep items that cost them nothing."""
    items, facts, now = {}, {}, timezone.now()
    for task, agent in (("1", 8), ("2", 7)):
        used(cast.mia, cast.support, agent_id=agent, task=task)
        items[task] = credited(cast.mia, cast.support, f"T-{task}", task=task)
        outcomes.verify("tickets", items[task], at=now)
        facts[task] = TaskFact.objects.create(
            source="test", ref=task, person=cast.mia, team=cast.support, agent_id=agent, created_at=now
        )
        about = {"agent_id": agent, "since": today(), "found_at": now, "tasks": [facts[task].pk]}
        Signal.objects.create(person=cast.mia, kind="unread", **about)
    assert counted(cast.mia) == 2
    actions.accept_correction(cast.ada, ask(cast.mia, agent_id=8, agent_name="Digest"))
    assert counted(cast.mia) == 1
    assert WorkItem.objects.get(person=no_one()).pk == items["1"].pk
    assert TaskFact.objects.get() == facts["2"]
    assert Signal.objects.get().agent_id == 7
    assert Attribution.objects.get().task == "2"


def test_a_span_of_one_model_takes_only_what_fits(cast):
    used(cast.mia, cast.support, on=today() - timedelta(days=2))
    used(cast.mia, cast.support, on=today() - timedelta(days=1))
    used(cast.mia, cast.support, on=today() - timedelta(days=1), model="acme:unheard-of")
    asked = ask(
        cast.mia,
        first_day=today() - timedelta(days=1),
        last_day=today() - timedelta(days=1),
        provider="openai",
        model="gpt-4o",
    )
    actions.accept_correction(cast.ada, asked)
    assert of(cast.mia) == (2, 2)


def test_nobody_decides_their_own(cast):
    used(cast.ada, cast.support)
    asked = ask(cast.ada)
    with pytest.raises(ValidationError, match="concerns you"):
        actions.accept_correction(cast.ada, asked)
    with pytest.raises(ValidationError, match="concerns you"):
        actions.accept_correction(cast.lea, asked)
    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.filter(pk=asked.pk).update(decided_by=cast.ada)
    assert of(cast.ada) == (1, 1)


def test_a_no_needs_its_reason_and_changes_nothing(cast):
    used(cast.mia, cast.support)
    asked = ask(cast.mia)
    with pytest.raises(ValidationError, match="Say why"):
        actions.refuse_correction(cast.ada, asked, note=" ")
    actions.refuse_correction(cast.ada, asked, note="The badge log says it was you")
    assert of(cast.mia) == (1, 1)
    with pytest.raises(ValidationError, match="decided already"):
        actions.accept_correction(cast.ada, asked)
    assert "The badge log says it was you" in as_(cast.mia).get(asked.get_absolute_url()).text


def test_what_is_not_in_the_ledger_cannot_be_corrected(cast):
    used(cast.lea, cast.support)
    with pytest.raises(ValidationError, match="no matching calls"):
        ask(cast.mia)
    used(cast.mia, cast.support)
    with pytest.raises(ValidationError):
        ask(cast.mia, first_day=today(), last_day=today() - timedelta(days=1))


def test_what_is_nobodys_counts_as_no_person_behind_a_figure(cast):
    """Eight people stand behind a figure; seven and No one are seven."""
    day, group = last_weeks().first, people(cast.support, K + COLLUDERS)
    for person in group:
        used(person, cast.support, on=day)
    DayUsage.objects.filter(person=group[0]).update(person=no_one())
    due.publish_due()
    assert no_one_id()
    assert not Publication.objects.filter(kind=Publication.Kind.TEAM).exists()
    assert not any(no_one_id() in one.people for one in Publication.objects.all())


def test_and_as_many_people_as_it_needs_are_published(cast):
    day = last_weeks().first
    for person in people(cast.support, K + COLLUDERS):
        used(person, cast.support, on=day)
    due.publish_due()
    assert Publication.objects.filter(kind=Publication.Kind.TEAM, ref=str(cast.support.pk)).exists()


def test_through_the_pages(cast):
    used(cast.mia, cast.support)
    mia, ada = as_(cast.mia), as_(cast.ada)
    new = reverse("rights:new_correction")
    sent = {"first_day": today(), "last_day": today(), "agent": "7", "model": "", "why": "Not me"}
    assert mia.post(new, sent | {"last_day": today() - timedelta(days=3)}).status_code == 422
    answer = mia.post(new, sent)
    asked = CorrectionRequest.objects.get()
    assert answer["Location"] == asked.get_absolute_url()
    assert (asked.agent_id, asked.agent_name) == (7, "Inbox triage")
    assert "Not me" in ada.get(reverse("rights:inbox")).text
    page = ada.get(asked.get_absolute_url()).text
    assert "2,500" not in page, "whoever decides sees no figure"
    assert "$" not in page
    url = reverse("rights:decide_correction", args=[asked.pk])
    assert ada.post(url, {"answer": "no"}).status_code == 422
    assert ada.post(url, {"answer": "yes"}).status_code == 302
    assert of(cast.mia) == (0, 0)
    assert as_(cast.lea).get(asked.get_absolute_url()).status_code == 404
    events = Entry.objects.about(asked).values_list("event", flat=True)
    assert list(events) == ["correction.requested", "correction.accepted"]


def test_taken_back_it_waits_for_nobody(cast):
    used(cast.mia, cast.support)
    asked = ask(cast.mia)
    assert as_(cast.ada).post(reverse("rights:withdraw_correction", args=[asked.pk])).status_code == 403
    assert as_(cast.mia).post(reverse("rights:withdraw_correction", args=[asked.pk])).status_code == 302
    assert not CorrectionRequest.objects.decidable_by(cast.ada).exists()
