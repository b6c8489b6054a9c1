"""A connection with several secrets: stored as one encrypted value, changed one by one, shown never."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from agents.connections import actions
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.connectors.base import ConnectorError
from agents.connectors.secrets_of import Secret
from portal.audit.models import Entry
from portal.scrubbing import scrubbed
from tests import builders
from tests.agents.gated import Strange
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
KEY, SEAL, EXTRA = "key-of-the-place-1", "seal-of-the-place-2", "extra-of-the-place-3"


class Guarded(Strange):
    """A kind of connection with one secret that it needs and two that it can do without."""

    kind = "strange"
    secrets = (
        Secret("key", "Key", required=True),
        Secret("seal", "Seal", "From its page."),
        Secret("extra", "Extra"),
    )


@pytest.fixture
def place(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Connection:
    monkeypatch.setitem(connectors(), "strange", Guarded())
    return actions.add(
        cast.ada,
        kind="strange",
        name="Place",
        team=cast.support,
        settings={},
        secret={"key": KEY, "seal": SEAL},
    )


def test_each_has_its_name_and_one_that_nobody_entered_is_not_there(place: Connection) -> None:
    context = place.context()
    assert dict(context.secrets) == {"key": KEY, "seal": SEAL}
    assert context.secret == ""
    assert KEY not in repr(context)
    assert scrubbed(f"{KEY} and {SEAL}") == "••• and •••"
    assert KEY.encode() not in bytes(place.secret)
    assert [stored for _, stored in place.stored_secrets()] == [True, True, False]


def test_one_is_changed_another_taken_away_and_the_rest_stays(cast: Cast, place: Connection) -> None:
    def changed(**secret: str | None) -> dict[str, str]:
        actions.edit(cast.ada, place, name=place.name, settings={}, secret=secret)
        place.refresh_from_db()
        return dict(place.context().secrets)

    assert changed(extra=EXTRA) == {"key": KEY, "seal": SEAL, "extra": EXTRA}
    assert changed(key="", seal=None) == {"key": KEY, "extra": EXTRA}
    assert changed(key="another-key-4") == {"key": "another-key-4", "extra": EXTRA}
    assert changed() == {"key": "another-key-4", "extra": EXTRA}
    told = [
        entry.details["new_key"] for entry in Entry.objects.filter(event="connection.edited").order_by("id")
    ]
    assert told == [True, True, True, False]
    assert all(
        one not in f"{entry} {entry.details}" for entry in Entry.objects.all() for one in (KEY, SEAL, EXTRA)
    )
    with pytest.raises(ValueError, match="no secret"):
        changed(unknown="x")


def test_with_a_lost_key_all_of_them_are_entered_again(
    cast: Cast, place: Connection, monkeypatch: Any
) -> None:
    call_command("rotate_keys")
    monkeypatch.setattr(django_settings, "ENCRYPTION_KEYS", ["another"])
    with pytest.raises(ConnectorError, match="enter the secret again"):
        place.context()
    assert [stored for _, stored in place.stored_secrets()] == [False, False, False]
    with pytest.raises(ValidationError, match="Enter all of them again"):
        actions.edit(cast.ada, place, name=place.name, settings={}, secret={"key": KEY})
    whole: dict[str, str | None] = {"key": KEY, "seal": SEAL, "extra": None}
    actions.edit(cast.ada, place, name=place.name, settings={}, secret=whole)
    assert dict(place.context().secrets) == {"key": KEY, "seal": SEAL}


def test_each_has_a_field_that_shows_nothing(cast: Cast, place: Connection) -> None:
    client, url = as_(cast.ada), reverse("connections:edit", args=[place.pk])
    shown = client.get(url).text
    assert not [one for one in (KEY, SEAL) if one in shown]
    assert 'name="secret_key"' in shown
    assert 'name="secret_key_gone"' not in shown, "it is needed"
    assert (
        "From its page. Stored encrypted and never shown again. Leave empty to keep the stored one." in shown
    )
    wrong = client.post(url, {"name": "", "secret_key": EXTRA})
    assert wrong.status_code == 422
    assert EXTRA not in wrong.text
    sent = {"name": "Place", "secret_key": "", "secret_extra": EXTRA, "secret_seal_gone": "on"}
    assert client.post(url, sent).status_code == 302
    place.refresh_from_db()
    assert dict(place.context().secrets) == {"key": KEY, "extra": EXTRA}
    facts = client.get(place.get_absolute_url()).text
    assert facts.count("stored, never shown") == 2
    assert "stored, never shown" not in as_(cast.mia).get(place.get_absolute_url()).text


def test_a_new_connection_needs_the_one_that_is_required(cast: Cast, place: Connection) -> None:
    client, url = as_(cast.ada), reverse("connections:new", kwargs={}) + "strange/"
    sent = {"name": "Second", "team": cast.support.pk, "secret_seal": SEAL}
    assert client.post(url, sent).status_code == 422
    assert client.post(url, sent | {"secret_key": KEY}).status_code == 302
    assert dict(Connection.objects.get(name="Second").context().secrets) == {"key": KEY, "seal": SEAL}


def test_who_typed_a_new_one_and_ticked_its_removal_keeps_the_new_one(cast: Cast, place: Connection) -> None:
    sent = {"name": "Place", "secret_seal": "new-seal-5", "secret_seal_gone": "on"}
    as_(cast.ada).post(reverse("connections:edit", args=[place.pk]), sent)
    place.refresh_from_db()
    assert place.context().secrets["seal"] == "new-seal-5"


def test_a_kind_with_one_secret_is_as_it_was(cast: Cast) -> None:
    box = builders.mail(cast.ada, cast.support)
    actions.edit(cast.ada, box, name=box.name, settings=box.settings, secret=KEY)
    assert (box.context().secret, dict(box.context().secrets)) == (KEY, {})
