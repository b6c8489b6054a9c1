"""The way of a new connector, in pages, from *Add a connection* to a done call; run in a copy of the project."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from agents import gate
from agents.connections.models import Connection
from agents.grants.models import Grant
from agents.queue.models import Task
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


def test_notes_go_the_whole_way(cast: Cast, tmp_path: Path) -> None:
    sent = {"name": "Our notes", "team": cast.support.pk, "settings-folder": str(tmp_path)}
    assert "Notes" in as_(cast.ada).get(reverse("connections:new")).text
    page = as_(cast.ada).post("/connections/new/notes/", sent, follow=True).text
    assert "Our notes" in page
    assert "0 notes" in page

    place, agent = Connection.objects.get(kind="notes"), builders.agent(cast.mia, cast.support)
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    asked = {"until": until, "why": "To remember", "notes-write-wanted": "on"}
    url = f"{reverse('grants:new', args=[agent.pk])}?connection={place.pk}"
    assert as_(cast.mia).post(url, asked).status_code == 302
    decision = reverse("grants:decision", args=[Grant.objects.get().request_id])
    assert as_(cast.ada).post(decision, {**asked, "note": "", "answer": "grant"}).status_code == 302
    assert Grant.objects.get().state == "active"

    task = transcripts.running(cast.mia, agent, "Write the note shopping: Buy milk.")
    arguments = {"note": "shopping", "text": "Buy milk."}
    gate.call(
        task, transcripts.step(task), 1, tool_call_id="call-1", tool_name="notes_write", capability="notes.write",
        connection=place.pk, arguments=arguments,
    )  # fmt: skip
    row = Task.objects.get().calls.get()
    assert (row.state, row.summary) == (row.State.DONE, "Wrote a note"), row.reasons
    assert (tmp_path / "shopping").read_text() == "Buy milk."
    assert "Wrote a note" in as_(cast.mia).get(task.get_absolute_url()).text
