"""What names an item: no spelling makes two of one, and no alphabet makes one of two."""

import unicodedata
from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from metering.outcomes.claims import folded, wrong
from metering.outcomes.models import WorkItem
from tests.cast import Cast
from tests.metering.outcomes import credited

ONE = [
    ("PR #12", "pr-12"),
    ("my_repo", " my--repo "),
    ("Ｔ－１", "t-1"),
    ("JI\u200bRA-1", "JIRA-1"),
    ("\u202eT-1\u2060", "T-1"),
    ("T\u00ad-\ufeff1", "T-1"),
    ("T-1\ufe0f", "T-1"),
    ("T-1\U000e0101", "T-1"),
    ("T-1\u3164\uffa0\u115f", "T-1"),
    ("é", "e\u0301"),
    ("e\u200b\u0301", "É"),
    ("Straße", "STRASSE"),
    ("İstanbul", "istanbul"),
    ("पा\u200dनी", "पानी"),
    ("C", "C++"),
    ("1.2", "1-2"),
    ("२", "२-"),
]
TWO = [
    ("पानी", "पाना"),
    ("ก่า", "ก้า"),
    ("é", "e"),
    ("JIRA-123", "JIRA123"),
    ("1-23", "12-3"),
    ("7", "007"),
    ("a-1", "а-1"),  # Cyrillic
]


@pytest.mark.parametrize(("one", "other"), ONE, ids=ascii)
def test_spelling_makes_no_two_of_one(one, other):
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(("one", "other"), TWO, ids=ascii)
def test_what_tells_names_apart_stays(one, other):
    assert folded(one) != folded(other)


@given(st.text(max_size=12))
def test_a_key_is_its_own_key(text):
    """Rows are found again by what they are stored by."""
    assert folded(folded(text)) == folded(text)


@given(st.text(st.sampled_from("iİIıͅ\u0307\u0323\u0301ᾳßſ-\u200b㎏Σσςǅﬀŉΐ"), max_size=8))
def test_also_of_letters_whose_case_is_not_one_letter(text):
    assert folded(folded(text)) == folded(text)
    assert folded(unicodedata.normalize("NFD", text)) == folded(text)


@given(st.text(st.characters(max_codepoint=127), max_size=12))
def test_plain_letters_go_the_short_way_to_the_same(text):
    assert folded(text) == folded(f"{text}\u200b")


@pytest.mark.parametrize("text", ["", "--", "++", "\u200b", "\u0301", "\ufe0f", "☺"])
def test_what_holds_no_letter_and_no_digit_names_nothing(text):
    assert wrong("tickets", text) == wrong(text, "1") == "Name the system and the item in letters or digits."


@pytest.mark.django_db
def test_items_that_were_there_are_found_by_what_names_them_now(cast: Cast):
    was = {
        "JI\u200bRA-1": "ji-ra-1",
        "पानी": "प-न",
        "TX-1": "tx-1",
        "T\u200bX-1": "t-x-1",
        "Erased person": "somebody-é",
    }
    rows = [credited(cast.mia, cast.support, f"new {name}", system="Ви\u200bкі") for name in was.values()]
    for name, row in zip(was, rows, strict=True):
        WorkItem.objects.filter(pk=row.pk).update(system="ви-кі", external_id=name, identity=was[name])
    mail = credited(cast.mia, cast.support, "é\u200b", system="mail-1", system_name="Mia’s mail")
    import_module("metering.migrations.0012_names").fold_anew(apps, None)
    for name in ("JIRA-1", "पानी", "tx-1"):
        found = credited(cast.mia, cast.support, name, system="Викі")
        assert found in rows
    assert credited(cast.mia, cast.support, "É", system="mail-1").pk == mail.pk
    left = dict(WorkItem.objects.values_list("external_id", "identity"))
    assert left["Erased person"] == "somebody-é"
    assert (left["TX-1"], left["T\u200bX-1"]) == ("tx-1", "t-x-1"), "two that became one stay two"
