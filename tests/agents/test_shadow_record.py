"""The page of what an agent would have done: who reads what of it, its counts and filters, looking again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.connections import actions as connections
from agents.gate import shadow_observer
from agents.lifecycle.agents import share_agent
from agents.pages.registry import shadow_record
from agents.permissions import ConnectionPermission, Level
from agents.queue.models import Call, Task
from agents.queue.states import TaskState
from tests.agents.gated import Scene
from tests.agents.shadowed import box, in_shadow, look
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(cast: Cast) -> Scene:
    """Three labels and a post written down; of the labels one done by people too, one otherwise."""
    made = in_shadow(cast)
    message = made.message()
    assert made.call("mail.read", message=message).state == Call.State.DONE
    for label in ("Invoices", "Alerts", "Questions"):
        made.call("mail.label", message=message, label=label)
    made.call("mail.move", message=message, folder="Clients")
    made.post()
    look(made)
    box(made).label(message, "Invoices")
    look(made)
    Call.objects.filter(arguments__label="Questions").update(
        observed={"text": "It has no label.", "same": None}
    )
    return made


def page(here: Scene, person, **wanted: object) -> str:
    return as_(person).get(reverse("registry:record", args=[here.agent.pk]), wanted).text


def test_the_task_person_reads_each_line_beside_what_people_did(here: Scene, cast: Cast):
    text = page(here, cast.mia)
    assert "Label message “Hello” “Invoices”" in text, (
        "by the name that the task had read, not by a file's name"
    )
    assert here.message() not in text
    assert "It is labelled “Invoices”." in text
    assert "Post in the chat to" in text
    for word in (
        "the same",
        "different",
        "nothing yet",
        "cannot be seen",
        "5 calls recorded in your tasks",
    ):
        assert word in text


def test_who_decides_and_is_not_the_tasks_person_reads_no_private_word(here: Scene, cast: Cast):
    text = page(here, cast.ada)
    assert "Label messages" in text
    for private in (
        "Hello",
        "Invoices",
        "Alerts",
        "labelled",
        here.message(),
        cast.lea.email,
        "Mia",
        "/tasks/",
    ):
        assert private not in text.partition("<main")[2], private
    assert "too few to say" in text, "in steps, without numbers"
    assert "recorded in your tasks</h2>" not in text


def test_a_viewer_has_only_their_own_tasks_here_and_strangers_nothing(here: Scene, cast: Cast):
    text = page(here, cast.lea)
    assert "Only your own tasks are listed" in text
    assert "Nothing recorded yet" in text
    for person in (cast.olga, cast.finn, cast.aud):
        assert as_(person).get(reverse("registry:record", args=[here.agent.pk])).status_code == 404


def test_who_grants_on_what_it_uses_reads_the_record_without_the_agents_page(here: Scene, cast: Cast):
    connections.give(cast.ada, here.box, holder=cast.olga, rights=[ConnectionPermission.GRANT])
    assert "Label messages" in page(here, cast.olga)
    assert as_(cast.olga).get(here.agent.get_absolute_url()).status_code == 404
    assert as_(cast.olga).get(reverse("registry:live", args=[here.agent.pk])).status_code == 200
    here.agent.grants.live().filter(connection=here.box).update(state="revoked")
    assert as_(cast.olga).get(reverse("registry:record", args=[here.agent.pk])).status_code == 404


def test_the_counts_are_one_query_and_the_page_no_more_for_more_lines(here: Scene, cast: Cast):
    calls = shadow_record.written_down(here.agent, cast.mia)
    with CaptureQueriesContext(
        connection,
    ) as counting:
        every = shadow_record.counts(calls)
    assert len(counting) == 1
    labels = next(one for one in every if one.capability == "mail.label")
    assert (labels.would, labels.same, labels.different, labels.nobody, labels.unseen) == (3, 1, 1, 1, 0)
    url, mia = reverse("registry:record", args=[here.agent.pk]), as_(cast.mia)
    with CaptureQueriesContext(connection) as few:
        mia.get(url)
    Task.objects.filter(pk=here.task.pk).update(state=TaskState.RUNNING, finished_at=None)  # look() ended it
    for number in range(15):
        here.call("mail.label", message=here.message(), label=f"L{number}")
    with CaptureQueriesContext(connection) as many:
        mia.get(url)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ({"capability": "mail.label"}, 3),
        ({"outcome": "same"}, 1),
        ({"outcome": "different"}, 1),
        ({"outcome": "open"}, 3),
        ({"capability": "chat.post", "outcome": "same"}, 0),
        ({"capability": "no.such", "outcome": "nonsense"}, 5),
    ],
)
def test_it_filters_by_what_and_by_what_people_did(
    here: Scene, cast: Cast, wanted: dict[str, str], number: int
):
    assert page(here, cast.mia, **wanted).count('data-label="People, since"') == number


def test_looking_again_is_asked_of_a_worker(
    here: Scene, cast: Cast, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(
        "portal.later.current_app.send_task", lambda name, args, **_: sent.append((name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_(cast.mia).post(reverse("registry:looks", args=[here.agent.pk]), follow=True)
    assert "is checking again" in answer.text
    assert sent == [("agents.observe", (here.agent.pk,))]
    other = here.agent.pk + 1
    Call.objects.update(observed_at=None)
    assert shadow_observer.observe_due(other) == 0
    assert shadow_observer.observe_due(here.agent.pk) == 5


def test_an_operator_reads_their_own_lines_and_no_more(here: Scene, cast: Cast):
    share_agent(cast.mia, here.agent, reader=cast.olga, level=Level.OPERATOR)
    assert "Nothing recorded yet" in page(here, cast.olga)
    type(here.task).objects.filter(pk=here.task.pk).update(person=cast.olga)
    assert "“Invoices”" in page(here, cast.olga)
    assert "“Invoices”" not in page(here, cast.mia)
    assert "Label messages" in page(here, cast.mia), "she manages it: without the words"
