"""A change of the key that encrypts stored secrets: by command and by page, with none lost."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from agents.connections.models import Connection
from portal import plugins
from portal.audit.models import Entry
from portal.keys import rotation
from portal.sealing import resealed, seal
from tests import builders
from tests.cast import Cast, as_
from tests.tables import models_of

pytestmark = pytest.mark.django_db
OLD, NEW = "the key of last year", "the key of this year"
# Digests, which open nothing; and answers to forms, which are gone after a quarter of an hour.
EXEMPT = {
    "portal.Entry.digest",
    "portal.Seal.digest",
    "portal.Seal.content",
    "metering.TaskFact.sketch",
    "portal.Submission.answer",
}


def test_every_encrypted_column_is_part_of_a_change():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in models_of()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField)
    }
    assert found - EXEMPT == {name for plugin in plugins.installed() for name in plugin.sealed}


@pytest.fixture
def box(cast: Cast, settings: Any) -> Connection:
    settings.ENCRYPTION_KEYS = [OLD]
    box = builders.mail(cast.ada, cast.support)
    Connection.objects.filter(pk=box.pk).update(secret=seal("hunter2-very-secret"))
    box.refresh_from_db()
    return box


def test_by_page_and_then_the_old_key_can_go(cast: Cast, box: Connection, settings: Any):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    ada = as_(cast.ada)
    page = ada.get("/keys/").text
    assert "Encrypt all with the first key" in page
    assert "hunter2-very-secret" not in page
    assert "1 secret is encrypted anew" in ada.post("/keys/", follow=True).text
    assert "had the first key already" in ada.post("/keys/", follow=True).text
    assert "The older keys can go" in ada.get("/keys/").text
    settings.ENCRYPTION_KEYS = [NEW]
    box.refresh_from_db()
    assert box.context().secret == "hunter2-very-secret"
    entry = Entry.objects.filter(event="secrets.resealed").earliest("id")
    assert (entry.actor, entry.details) == (cast.ada, {"changed": 1, "unreadable": 0})


def test_by_command_which_says_what_cannot_be_read(box: Connection, settings: Any, capsys: Any):
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_keys", "--count")
    assert rotation.counted().older == 1, "counting changes nothing"
    call_command("rotate_keys")
    assert rotation.counted() == rotation.Secrets(current=1, keys=2)
    settings.ENCRYPTION_KEYS = ["a third"]
    with pytest.raises(CommandError, match="1 cannot be decrypted"):
        call_command("rotate_keys")
    said = capsys.readouterr().out
    assert "1 were encrypted anew" in said
    assert "hunter2" not in said


def test_a_secret_that_is_entered_meanwhile_is_not_overwritten(
    box: Connection, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.ENCRYPTION_KEYS = [NEW, OLD]

    def meanwhile(stored: bytes) -> bytes | None:
        Connection.objects.filter(pk=box.pk).update(secret=seal("entered meanwhile"))
        return resealed(stored)

    monkeypatch.setattr(rotation, "resealed", meanwhile)
    rotation.rotate("Portal")
    box.refresh_from_db()
    assert box.context().secret == "entered meanwhile"
