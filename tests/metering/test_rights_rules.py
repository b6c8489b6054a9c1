"""What is visible to whom: told by the rules themselves, with the history of settings; documents served safely."""

import inspect
import re
from pathlib import Path

import pytest
from django.urls import reverse

from metering.privacy import visibility
from metering.rights import history, rules
from metering.rights.documents import blocks
from metering.rights.models import VisibilitySettings
from metering.rights.rules_views import DOCS, DOCUMENTS
from metering.workers import note_settings
from portal import env
from portal.audit.models import Entry
from tests.cast import as_

ROOT = Path(__file__).resolve().parents[2]
VISIBLE = reverse("rights:visible")


def test_every_function_that_opens_something_is_in_the_table():
    opening = [
        name
        for name, function in inspect.getmembers(visibility, inspect.isfunction)
        if function.__module__ == visibility.__name__ and not name.startswith("_")
    ]
    assert sorted(rules.FIGURES) == sorted(opening)


def test_the_table_is_what_the_rules_answer():
    seen = {name: [cell.open for cell in cells] for name, cells in rules.table()}
    # own, agent, team, cost centres, organisation, person, looks
    assert seen["Everybody"] == [True, True, True, False, False, False, False]
    assert seen["Admin"] == seen["Everybody"]
    assert seen["Manager or lead, without a permit"] == [True, True, False, False, False, False, False]
    assert seen["Manager or lead, with a permit"] == [True, True, True, False, False, True, False]
    assert seen["Finance"] == [True, True, True, True, True, False, False]
    assert seen["Auditor"] == [True, True, True, False, False, False, True]
    assert seen["Somebody who has left"][1:] == [False] * 6
    tokens = {cell.figure for _, cells in rules.table() for cell in cells if "tokens" in cell.text}
    assert tokens == {"Their own usage", "Their own agents"}


def test_the_page_says_settings_roles_and_what_is_kept(cast, settings):
    settings.GROUP_MINIMUM = 7
    text = as_(cast.olga).get(VISIBLE).text
    assert re.search(r"besides the viewer</th>\s*<td>7<", text)
    for words in ("90 days", "30 days", "396 days", "365 days", "Ada Osei", "Finn Moreau", "Aud Lindqvist"):
        assert words in text
    holders = re.findall(r"<dd>([^<]*)</dd>", text)
    assert any("Ada Osei" in names for names in holders)
    assert not any("Olga Petrova" in names for names in holders)


def test_other_settings_than_last_time_are_a_row_and_an_entry(cast, settings):
    first = history.notice()
    assert history.notice() == first
    assert first.changes == []
    settings.GROUP_MINIMUM, settings.RETENTION = 8, settings.RETENTION | {"looks": 100}
    note_settings()
    last = VisibilitySettings.objects.first()
    assert [line[1:] for line in last.changes] == [["5", "8"], ["365 days", "100 days"]]
    entry = Entry.objects.filter(event="visibility.changed").latest("id")
    assert "Looks are kept: 365 days → 100 days" in entry.details["changes"]
    assert str(entry).startswith("New settings of the visibility of usage apply: Fewest people")
    assert "365 days → 100 days" in as_(cast.mia).get(VISIBLE).text
    assert VisibilitySettings.objects.count() == 2


@pytest.mark.parametrize(("kind", "least", "most"), [(kind, *span) for kind, span in env.KEPT.items()])
def test_times_can_be_shortened_and_not_lengthened(monkeypatch, kind, least, most):
    assert env.retention()[kind] == most
    name = f"PORTAL_KEEP_{kind.upper()}"
    monkeypatch.setenv(name, str(least))
    assert env.retention()[kind] == least
    for wrong in (str(most + 1), str(least - 1), "a year"):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(SystemExit, match=name):
            env.retention()


def test_the_documents_are_served_as_text(cast):
    for name, title in DOCUMENTS.items():
        text = as_(cast.mia).get(reverse("rights:document", args=[name])).text
        assert text.count("<h1>") == 1
        assert f"<h1>{title}</h1>" in text
        assert "**" not in text
        assert "PORTAL_KEEP_LOOKS" in text or name == "impact-assessment"
    assert as_(cast.mia).get(reverse("rights:document", args=["secrets"])).status_code == 404


def test_the_tests_that_the_assessment_names_are_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (DOCS / "impact-assessment.md").read_text()))
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_documents_say_the_times_that_the_code_has():
    agreement, assessment = ((DOCS / f"{name}.md").read_text() for name in DOCUMENTS)
    assert {kind: env.KEPT[kind][1] for kind in ("events", "sketches")} == {"events": 90, "sketches": 30}
    for text in (agreement, assessment):
        assert "90 days" in text
        assert "13 months" in text
        assert "12 months" in text


def test_prose_is_taken_apart_and_never_made_into_markup():
    text = (
        "# A\n## B `c`\none **two**\nthree\n\n- x\n  y\n- z\n\n1. n\n\n| h | i |\n|---|---|\n| <b> | `j` |\n"
    )
    title, head, words, dots, numbers, table = blocks(text)
    assert (title.kind, head.spans) == ("h1", [("text", "B "), ("code", "c")])
    assert words.spans == [("text", "one "), ("strong", "two"), ("text", " three")]
    assert (dots.kind, dots.items) == ("ul", [[("text", "x y")], [("text", "z")]])
    assert (numbers.kind, table.rows) == ("ol", [[[("text", "<b>")], [("code", "j")]]])
