"""Why the agent made a call, in its own words: on its task's page and on the call's, for the task's own person only."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.lifecycle.agents import share_agent
from agents.permissions import Level
from agents.queue import actions as tasks
from agents.queue.models import Task
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
WHY = "It asks: “<b>when</b> does it come?”"
SHOWN = "The agent&#x27;s reason: It asks: “&lt;b&gt;when&lt;/b&gt; does it come?”"


def test_a_reason_is_shown_to_the_tasks_person_alone(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    task = transcripts.running(cast.mia, agent, "Sort the inbox")
    grant = agent.grants.get(capability="mail.label")
    (call,) = transcripts.calls(
        transcripts.step(task),
        grant,
        1,
        capability="mail.label",
        arguments={"message": "m", "label": "Questions", "reason": WHY},
    )
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    tasks.share(cast.mia, task, reader=None)
    own, shared = (as_(who).get(task.get_absolute_url()).content.decode() for who in (cast.mia, cast.finn))
    assert SHOWN.partition(": ")[2] in own
    assert "The agent's reason: It asks" in own
    assert "when" not in shared.partition('class="steps"')[2].partition("</ol>")[0]
    page = reverse("queue:call", args=[call.pk])
    assert "<dt>The agent's reason</dt>" in as_(cast.mia).get(page).content.decode()
    Task.objects.filter(pk=task.pk).update(texts_gone_at=timezone.now())
    assert "<dt>The agent's reason</dt>" not in as_(cast.mia).get(page).content.decode()


def test_a_call_without_one_shows_none(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    task = transcripts.running(cast.mia, agent, "Sort the inbox")
    transcripts.calls(transcripts.step(task), agent.grants.get(capability="mail.read"), 1)
    assert "The agent's reason" not in as_(cast.mia).get(task.get_absolute_url()).content.decode()
