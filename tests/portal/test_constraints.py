"""What the database refuses is a reason in words: a race on a unique name shows a page, never an error."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from portal import integrity
from portal.accounts import actions as people
from portal.teams import actions as teams
from portal.teams.models import Team
from tests.cast import as_


@pytest.fixture
def unchecked(monkeypatch):
    """As when another one commits between the check and the save."""
    monkeypatch.setattr("django.db.models.Model.full_clean", lambda self, *args, **kwargs: None)


def test_a_race_on_a_name_is_refused_in_the_words_of_its_constraint(ada, cast, unchecked):
    answer = as_(ada).post(
        reverse("teams:edit", args=[cast.sales.pk]), {"name": "support", "cost_centre": "1"}
    )
    assert answer.status_code == 422
    assert "A team with this name exists already." in answer.content.decode()
    assert 'value="support"' in answer.content.decode(), "what was typed is kept"
    assert Team.objects.get(pk=cast.sales.pk).name == "Sales"


def test_so_is_one_on_an_e_mail(ada, mia, unchecked):
    new = people.invite(
        ada, email="new@example.com", display_name="New One"
    )  # who has joined takes two admins
    with pytest.raises(ValidationError, match="Somebody else already uses this e-mail"):
        people.edit(ada, new, display_name="New One", time_zone="UTC", email=ada.email)
    with pytest.raises(ValidationError, match="Somebody else already uses this e-mail"):
        people.invite(ada, email=mia.email, display_name="Mia Two")


def test_a_constraint_without_words_of_its_own_has_those_of_its_kind(ada, cast, unchecked):
    with pytest.raises(ValidationError) as refused:
        teams.create(ada, name="support")  # its group's name is taken first, which is Django's own table
    assert refused.value.messages[0] in {integrity.TAKEN, "A team with this name exists already."}


def test_what_no_verb_takes_care_of_is_a_page_with_words(ada, monkeypatch):
    def broken(*args, **kwargs):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO portal_team (name, cost_centre, group_id) VALUES ('x', '', 999999)")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    monkeypatch.setattr("portal.teams.actions.create", broken)
    answer = as_(ada).post(reverse("teams:new"), {"name": "A long name of mine", "cost_centre": ""})
    assert answer.status_code == 409
    assert integrity.GONE in answer.content.decode() or integrity.IMPOSSIBLE in answer.content.decode()
    assert "A long name of mine" in answer.content.decode(), "no text is lost"


def test_the_words_are_those_of_every_kind():
    assert integrity.refusal(IntegrityError("odd")).messages == [integrity.IMPOSSIBLE]
    assert integrity._words("person_email") == "Somebody else already uses this e-mail."
