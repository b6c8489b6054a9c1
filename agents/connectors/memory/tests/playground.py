"""A memory for the contract suite, in which one note is."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from agents.connectors.base import ConnectionContext
from agents.connectors.memory.models import MemoryNote
from tests import builders
from tests.agents.playgrounds import Playground
from tests.cast import make_cast


def playground(folder: Path, settings: Any) -> Playground:
    cast = make_cast()
    agent = builders.agent(cast.mia, cast.support)
    place = builders.memory(cast.ada, cast.support)
    kept = {"agent": agent, "person": cast.mia, "connection": place, "from_others": False}
    until = timezone.now() + timedelta(days=9)
    notes = [MemoryNote.objects.create(text="Invoices go to Lea", expires_at=until, **kept) for _ in range(2)]
    arguments = {
        "memory.propose": {"notes": [str(note.pk) for note in notes], "why": "duplicates", "text": ""},
        "memory.note": {"text": "Invoices go to Lea"},
        "memory.recall": {"about": "invoices", "of": "", "page": 1},
    }
    return Playground(
        ConnectionContext(place.pk, place.name, {}), arguments, agent=agent.pk, person=cast.mia.pk
    )
