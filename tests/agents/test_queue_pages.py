"""Pages of tasks: who opens them, queueing, the list, stopping. (The task's own page: test_task_page.)"""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from agents.lifecycle.agents import pause_agent, share_agent
from agents.lifecycle.grants import revoke_grant
from agents.lifecycle.tasks import cancel_task
from agents.permissions import Level
from agents.queue import actions
from agents.queue.envelopes import made_for
from agents.queue.models import Task
from agents.queue.states import TaskState
from agents.registry.models import Agent
from tests import builders
from tests.agents import transcripts
from tests.cast import Cast, as_

HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(cast: Cast) -> Agent:
    return builders.triage(cast)[0]


@pytest.fixture
def task(cast: Cast, agent: Agent) -> Task:
    return transcripts.running(cast.mia, agent, "Sort the secret inbox")


def test_doors(cast: Cast, agent: Agent, task: Task) -> None:
    step = transcripts.step(task)
    (call,) = transcripts.calls(step, agent.grants.first(), 1)  # type: ignore[arg-type]
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    # Lea sees the agent (her team's) but may not queue for it; Finn manages it, and this task is shared with its
    # managers; Olga sees nothing of it.
    assert as_(cast.finn).get(task.get_absolute_url()).status_code == 404, "managing shows no task"
    actions.share(cast.mia, task, reader=None)
    table = {
        reverse("queue:list"): {"mia": 200, "lea": 200, "finn": 200, "olga": 200},
        reverse("queue:latest"): {"mia": 200, "lea": 200, "finn": 200, "olga": 200},
        reverse("queue:new", args=[agent.pk]): {"mia": 200, "lea": 403, "finn": 200, "olga": 404},
        task.get_absolute_url(): {"mia": 200, "lea": 404, "finn": 200, "olga": 404, "ada": 404, "aud": 404},
        reverse("queue:step", args=[step.pk]): {"mia": 200, "lea": 404, "finn": 200, "olga": 404},
        reverse("queue:call", args=[call.pk]): {"mia": 200, "lea": 404, "finn": 404, "olga": 404},
        reverse("queue:cancel", args=[task.pk]): {"mia": 200, "lea": 404, "finn": 200, "olga": 404},
    }
    for url, doors in table.items():
        assert as_(None).get(url).status_code == 302, url
        for name, status in doors.items():
            assert as_(getattr(cast, name)).get(url).status_code == status, (url, name)


def test_queue_a_task(cast: Cast, agent: Agent) -> None:
    url = reverse("queue:new", args=[agent.pk])
    plan = as_(cast.mia).post(
        reverse("queue:plan", args=[agent.pk]), {"instruction": "Sort the inbox"}, headers=HTMX
    )
    page = BeautifulSoup(plan.content, "html.parser")
    ticked = [one["value"] for one in page.select("input[name=envelope][checked]")]
    data = {"instruction": "  Sort the inbox  ", "envelope": ticked}
    assert "Check what it may use" in as_(cast.mia).post(url, data).content.decode()
    assert not Task.objects.exists()
    stamp = page.select_one("input[name=made_for]")["value"]
    answer = as_(cast.mia).post(url, data | {"made_for": stamp})
    made = Task.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == made.get_absolute_url()
    assert (made.instruction, made.person, made.state) == ("Sort the inbox", cast.mia, TaskState.QUEUED)
    assert sorted(f"{name}@{place}" for name, place in made.envelope or []) == sorted(ticked)


def test_nothing_to_do_is_said_on_the_form(cast: Cast, agent: Agent) -> None:
    answer = as_(cast.mia).post(reverse("queue:new", args=[agent.pk]), {"instruction": " "})
    assert answer.status_code == 422
    assert "Write what the agent should do." in answer.content.decode()
    assert not Task.objects.exists()


def test_a_stopped_agent_takes_no_tasks(cast: Cast, agent: Agent) -> None:
    pause_agent(cast.mia, agent, why="it labelled the wrong mails")
    url = reverse("queue:new", args=[agent.pk])
    assert "it labelled the wrong mails" in as_(cast.mia).get(url).content.decode()
    data = {"instruction": "Sort the inbox", "made_for": made_for("Sort the inbox")}
    answer = as_(cast.mia).post(url, data)
    assert answer.status_code == 422
    assert "cannot take tasks" in answer.content.decode()
    assert "Sort the inbox</textarea>" in answer.content.decode().replace("\n", "")  # nothing typed is lost


def test_what_stands_in_the_way_is_said_with_its_remedy(cast: Cast) -> None:
    bare = builders.agent(cast.mia, cast.support, name="Bare")
    shown = as_(cast.mia).get(reverse("queue:new", args=[bare.pk])).content.decode()
    assert "has no access now" in shown
    assert reverse("grants:new", args=[bare.pk]) in shown
    shadow = builders.agent(cast.mia, cast.support, name="Shadow", live=False)
    box = builders.mail(cast.ada, cast.support)
    builders.grant(shadow, box, "mail.read", by=cast.ada)
    assert "This is a trial run" in as_(cast.mia).get(reverse("queue:new", args=[shadow.pk])).content.decode()


def test_examples_fit_the_grants_and_fill_the_form(cast: Cast, agent: Agent) -> None:
    url = reverse("queue:new", args=[agent.pk])
    first, key = as_(cast.mia).get(url).context["examples"][0]
    assert first.startswith("Sort the inbox")
    assert f"{first}</textarea>" in as_(cast.mia).get(f"{url}?example={key}").content.decode()
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    other = as_(cast.finn).get(f"{url}?example={key}").content.decode()
    assert "<textarea" in other
    assert f"{first}</textarea>" not in other, "the link was made for Mia"
    for odd in ("0", "1", "x", "9" * 50):
        page = as_(cast.mia).get(f"{url}?example={odd}").content.decode()
        assert f"{first}</textarea>" not in page
    for grant in agent.grants.filter(capability__in=["mail.label", "mail.draft"]):
        revoke_grant(cast.ada, grant)
    assert all("label" not in text for text, _ in as_(cast.mia).get(url).context["examples"])


def test_again_fills_in_only_own_words(cast: Cast, agent: Agent, task: Task) -> None:
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    url = f"{reverse('queue:new', args=[agent.pk])}?again={task.pk}"
    assert "Sort the secret inbox" in as_(cast.mia).get(url).content.decode()
    assert "secret" not in as_(cast.finn).get(url).content.decode()


def test_list_shows_and_searches_only_own_words(cast: Cast, agent: Agent, task: Task) -> None:
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    url = reverse("queue:list")
    assert "Mia Park" not in as_(cast.finn).get(url, {"words": "Mia"}).content.decode().partition("<main")[2]
    actions.share(cast.mia, task, reader=None)
    assert "Sort the secret inbox" in as_(cast.mia).get(url, {"words": "secret"}).content.decode()
    seen = as_(cast.finn).get(url).content.decode()
    assert f"Task {task.pk} for Mia Park" in seen
    assert "secret" not in seen
    assert "No task matches" in as_(cast.finn).get(url, {"words": "secret"}).content.decode()
    assert "No tasks yet" in as_(cast.olga).get(url).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"state": "under-way"}, 1),
        ({"state": "stopped"}, 1),
        ({"state": "done"}, 0),
        ({"state": "nonsense"}, 2),
        ({"agent": "nonsense"}, 2),
        ({"whose": "mine"}, 2),
    ],
)
def test_list_filters(cast: Cast, agent: Agent, task: Task, query: dict[str, str], found: int) -> None:
    cancel_task(cast.mia, actions.queue(cast.mia, agent, instruction="Another"))
    answer = as_(cast.mia).get(reverse("queue:list"), query)
    assert answer.context["page_obj"].paginator.count == found
    by_agent = as_(cast.mia).get(reverse("queue:list"), {"agent": agent.pk})
    assert "Tasks of Inbox triage" in by_agent.content.decode()


def test_list_refreshes_only_while_something_is_under_way(cast: Cast, task: Task) -> None:
    def refreshes() -> bool:
        _, _, main = (
            as_(cast.mia).get(reverse("queue:list")).text.partition("<main")
        )  # the rail's count always does
        return 'hx-trigger="every' in main

    assert refreshes()
    cancel_task(cast.mia, task)
    assert not refreshes()


def test_stop_a_task(cast: Cast, agent: Agent, task: Task) -> None:
    share_agent(cast.mia, agent, reader=cast.finn, level=Level.MANAGER)
    url = reverse("queue:cancel", args=[task.pk])
    assert as_(cast.finn).post(url).status_code == 404, "not without knowing of it"
    actions.share(cast.mia, task, reader=cast.finn)
    assert as_(cast.olga).post(url).status_code == 404
    answer = as_(cast.finn).post(url, follow=True).content.decode()
    assert "The task does nothing more" in answer
    task.refresh_from_db()
    assert (task.state, task.cancel_requested_by) == (TaskState.CANCELLED, cast.finn)
    assert "This task has ended already." in as_(cast.mia).post(url, follow=True).content.decode()
