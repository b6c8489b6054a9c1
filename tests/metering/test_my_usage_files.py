"""My usage as page, CSV and JSON: the same figures; what came of the cost; a cache share that calls do not raise."""

import csv
import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from metering.outcomes import actions, counts
from metering.outcomes.claims import Word
from metering.privacy import visibility
from metering.privacy.visibility import Viewer
from metering.rights import actions as rights
from metering.rollups.periods import four_weeks
from metering.signals.caching import cached_in
from metering.signals.models import Signal
from tests.cast import as_
from tests.metering.builders import today, used
from tests.metering.outcomes import claim
from tests.metering.test_my_usage import MINE, text, today
from tests.metering.test_rights_corrections import ask


def as_json(person) -> dict:
    response = as_(person).get(reverse("usage:mine_json"))
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, no-store"
    return json.loads(response.content)


def as_csv(person) -> list[dict[str, str]]:
    response = as_(person).get(reverse("usage:mine_csv"))
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(response.content.decode())))


@pytest.fixture
def three(monkeypatch, cast):
    """Mia has three verified items, and nobody else has any."""
    monkeypatch.setattr(counts, "by_person", lambda scope, period: {cast.mia.pk: 3, cast.lea.pk: 500})


def test_what_came_of_it_and_what_each_cost(cast, three):
    used(cast.mia, cast.support, input_tokens=3_600_000)
    page = text(as_(cast.mia).get(MINE))
    assert "$9.00" in page
    assert '<div class="figure">3</div>' in page
    assert '<div class="figure">$3.00</div>' in page
    whole = as_json(cast.mia)["whole"]
    assert (whole["cost"], whole["verified_items"], whole["cost_per_item"]) == ("9.000000", 3, "3.000000")
    row = as_csv(cast.mia)[0]
    assert (row["part"], row["cost"], row["verified_items"]) == ("whole", "9.000000", "3")
    assert row["cost_per_item"] == "3.000000"


def test_without_an_item_there_is_not_enough_to_say(cast):
    used(cast.mia, cast.support)
    assert "cache hit rate: no verified item yet" in text(as_(cast.mia).get(MINE))
    assert as_json(cast.mia)["whole"]["cost_per_item"] is None
    assert as_csv(cast.mia)[0]["cost_per_item"] == ""


def test_nor_where_calls_have_no_price(cast, three):
    """Else moving work to a model without a price would make each item look cheaper."""
    used(cast.mia, cast.support, input_tokens=3_600_000)
    used(cast.mia, cast.support, model="acme:unheard-of")
    assert "per verified item: some calls have no price" in text(as_(cast.mia).get(MINE))
    assert as_json(cast.mia)["whole"]["cost_per_item"] is None


def test_the_three_forms_have_the_same_lines(cast, three):
    for number, (agent, name) in enumerate([(7, "Inbox triage"), (8, "=Digest"), (0, "")]):
        day = today() - timedelta(days=number)
        used(cast.mia, cast.support, on=day, agent_id=agent, agent_name=name, input_tokens=2_000_000 + number)
    Signal.objects.create(
        person=cast.mia, kind="loop", agent_id=8, agent_name="=Digest", since=today(), found_at=timezone.now()
    )
    ask(cast.mia)
    told, rows, page = as_json(cast.mia), as_csv(cast.mia), text(as_(cast.mia).get(MINE))
    for part in ("days", "agents", "models", "signals", "corrections"):
        of_part = [row for row in rows if row["part"] == part]
        assert [row["name"].removeprefix("'") for row in of_part] == [one["name"] for one in told[part]]
        assert [row["cost"] for row in of_part] == [one.get("cost") or "" for one in told[part]]
        assert [row["text"] for row in of_part] == [one.get("text", "") for one in told[part]]
        assert told[part], part
    assert "'=Digest" in [row["name"] for row in rows]
    numbers = {one["tokens_read"] for part in ("days", "agents", "models") for one in told[part]}
    assert all(f"{number / 1_000_000:,.1f} M" in page for number in numbers)
    assert all(sentence in page for sentence in told["signals"][0]["text"].split(". "))
    assert told["corrections"][0]["state"] == "requested"


def test_what_is_not_one_s_own_is_in_no_form(cast):
    used(cast.lea, cast.support, input_tokens=777_777, agent_name="Leas agent")
    used(cast.mia, cast.support)
    for name in ("usage:mine", "usage:mine_csv", "usage:mine_json", "usage:export"):
        for person in (cast.mia, cast.ada, cast.finn, cast.aud):
            said = as_(person).get(reverse(name)).content.decode()
            assert "777" not in re.sub(r"\W", "", said)
            assert "Leas agent" not in said


def test_a_day_or_an_agent_that_was_not_mine_leads_to_a_correction(cast):
    day = today() - timedelta(days=3)
    used(cast.mia, cast.support, on=day)
    used(cast.mia, cast.support, on=today() - timedelta(days=9), agent_id=8, agent_name="Digest")
    page = text(as_(cast.mia).get(MINE))
    links = re.findall(r'href="(/my-data/corrections/new/\?[^"]+)"', page)
    assert f"/my-data/corrections/new/?first={day}&amp;last={day}" in links
    (of_digest,) = [link for link in links if link.endswith("agent=8")]
    form = text(as_(cast.mia).get(of_digest.replace("&amp;", "&")))
    assert '<option value="8" selected>Digest' in form
    assert f'value="{four_weeks(today()).first}"' in form
    assert (
        as_(cast.mia).get(reverse("rights:new_correction"), {"first": "no day", "agent": "x"}).status_code
        == 200
    )


def test_a_correction_shows_with_its_state_and_what_it_took_is_gone(cast):
    used(cast.mia, cast.support)
    used(cast.mia, cast.support, agent_id=8, agent_name="Digest", input_tokens=444_444)
    asked = ask(cast.mia, agent_id=8, agent_name="Digest")
    assert "waiting for a decision" in text(as_(cast.mia).get(MINE))
    rights.accept_correction(cast.ada, asked)
    page = text(as_(cast.mia).get(MINE))
    assert "1 call removed; decided by Ada Osei" in page
    assert "accepted" in page
    assert "444,444" not in page
    told = as_json(cast.mia)
    calls = csv.DictReader(StringIO(as_(cast.mia).get(reverse("usage:export")).content.decode()))
    sums = [int(row["cost_micros"] or 0) for row in calls]
    assert (len(sums), sum(sums)) == (3, 2500), "each call, and the correction of one of them"
    assert told["whole"]["cost"] == "0.002500"
    assert [one["name"] for one in told["agents"]] == ["Inbox triage"]
    assert told["whole"]["model_calls"] == 1
    assert told["corrections"][0]["state"] == "accepted"
    assert (told["corrections"][0]["first_day"], told["corrections"][0]["text"]) == (str(today()), asked.why)


def credited(cast, number, item, read, cached, person=None, **more) -> None:
    """A task of Mia's for a verified ``item``, whose one call after the first read so much and so much from cache."""
    actions.claim("test", claim(person or cast.mia, cast.support, item, task=str(number), **more))
    actions.verify_many("test", [Word("tickets", item, timezone.now())])
    again = {"key": f"again-{number}", "source": "test", "task": str(number), "turn": 1}
    used(person or cast.mia, cast.support, input_tokens=read, cache_read_tokens=cached, **again)


def share(cast) -> float | None:
    return cached_in(visibility.own(Viewer(cast.mia.pk)), four_weeks(today()))


def test_the_cache_share_is_that_of_verified_items_and_more_calls_do_not_raise_it(cast):
    credited(cast, 9, "ticket:9", 1000, 990, changed=False)
    assert share(cast) is None, "a task that changed nothing earns no item"
    credited(cast, 1, "ticket:1", 1000, 500)
    credited(cast, 2, "ticket:2", 1000, 100)
    assert share(cast) == pytest.approx(0.3)
    assert "30 %" in text(as_(cast.mia).get(MINE))
    more = {"source": "test", "task": "1", "turn": 2, "cache_read_tokens": 1_000_000}
    used(cast.mia, cast.support, input_tokens=1_000_000, key="all-cached", **more)
    used(cast.mia, cast.support, input_tokens=1_000_000, cache_read_tokens=1_000_000, key="no-task")
    assert share(cast) == pytest.approx(0.3)


def test_an_item_that_a_colleague_s_task_carried_as_well_counts_for_no_share(cast):
    credited(cast, 1, "ticket:1", 1000, 900)
    assert share(cast) == pytest.approx(0.9)
    credited(cast, 2, "ticket:1", 1000, 900, person=cast.lea)
    assert share(cast) is None
