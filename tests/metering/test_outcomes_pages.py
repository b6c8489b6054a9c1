"""Pages of work items: what their person sees, what a colleague sees, and what each can do there."""

from uuid import uuid4

import pytest
from django.urls import reverse

from agents.lifecycle.agents import share_agent
from agents.queue import actions as tasks
from agents.queue.models import Call, Step, Task
from agents.queue.states import TaskState
from metering.outcomes import actions
from metering.outcomes.models import WorkItem
from tests import builders
from tests.cast import Cast, as_
from tests.metering.builders import used
from tests.metering.outcomes import ago, by_hand, counted, credited

SECRET = "Tell me who complains about Mr Verne"


@pytest.fixture
def task(cast: Cast) -> Task:
    """Mia's task, over, which labelled mail, with an instruction that is nobody else's business."""
    agent, _ = builders.triage(cast)
    made = tasks.queue(cast.mia, agent, instruction=SECRET)
    Task.objects.filter(pk=made.pk).update(state=TaskState.SUCCEEDED, counts={"labelled": 3})
    made.refresh_from_db()
    called(made, "mail.label")
    return made


def called(task: Task, capability: str, state: str = Call.State.DONE) -> None:
    step, _ = Step.objects.get_or_create(task=task, number=1, defaults={"response": {}})
    grant = task.agent.grants.select_related("connection")[0]
    Call.objects.create(
        task=task, step=step, position=0, tool_call_id="c", tool_name="t", capability=capability, verdict="allow",
        grant=grant, connection=grant.connection, state=state, key=uuid4(),
    )  # fmt: skip


def add(cast: Cast, task: Task, **more: str):
    given = {"system": "Wiki", "external_id": "page-7", "title": "How to refund"} | more
    return as_(cast.mia).post(reverse("queue:items", args=[task.pk]), given, follow=True)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_add_ask_confirm_count_undo(cast: Cast, task: Task):
    mia, lea = as_(cast.mia), as_(cast.lea)
    assert "Add a work item" in text(mia.get(task.get_absolute_url()))
    assert "nobody asked yet" in text(add(cast, task))
    item = WorkItem.objects.get()
    asked = mia.post(reverse("outcomes:request", args=[item.pk]), {"colleague": cast.lea.email}, follow=True)
    assert "waits for Lea Brandt" in text(asked)
    assert "Mia Park asks" in text(lea.get("/"))
    assert "Mia Park asks" in text(lea.get(reverse("outcomes:mine")))
    page = text(lea.get(item.get_absolute_url()))
    assert "How to refund" in page
    assert "A task of Inbox triage" in page
    assert "3 labelled" in page
    assert SECRET not in page
    assert reverse("queue:detail", args=[task.pk]) not in page
    assert "Confirmed." in text(lea.post(reverse("outcomes:confirmation", args=[item.pk]), follow=True))
    assert counted(cast.mia) == 1
    assert "verified" in text(mia.get(task.get_absolute_url()))
    undo = reverse("outcomes:reversal", args=[item.pk])
    assert "does not count" in text(mia.post(undo, {"note": "Rolled back"}, follow=True))
    assert counted(cast.mia) == 0


def test_a_colleague_may_say_no_and_somebody_else_is_asked(cast: Cast):
    item = by_hand(cast.mia, cast.support, "page-7")
    mia, lea, request = as_(cast.mia), as_(cast.lea), reverse("outcomes:request", args=[item.pk])
    for name, why in ((cast.mia.email, "Choose a colleague"), ("nobody", "Nobody here is")):
        assert why in text(mia.post(request, {"colleague": name}, follow=True))
    mia.post(request, {"colleague": cast.lea.email})
    lea.post(reverse("outcomes:refusal", args=[item.pk]))
    assert "Lea Brandt said no" in text(mia.get(item.get_absolute_url()))
    late = lea.post(reverse("outcomes:confirmation", args=[item.pk]), follow=True)
    assert "You were not asked to confirm this item" in text(late)
    mia.post(request, {"colleague": cast.olga.email})
    assert as_(cast.lea).get(item.get_absolute_url()).status_code == 404
    assert as_(cast.olga).get(item.get_absolute_url()).status_code == 200


def test_a_circle_is_said_to_its_person(cast: Cast):
    for one, other, name in ((cast.mia, cast.lea, "a"), (cast.lea, cast.mia, "b")):
        actions.ask(one, by_hand(one, cast.support, name), colleague=other)
        actions.confirm(other, WorkItem.objects.get(identity=name))
    page = text(as_(cast.mia).get(WorkItem.objects.get(identity="a").get_absolute_url()))
    assert "confirmed, not counted" in page
    assert "Lea Brandt confirmed it" in page


def test_what_another_task_carries_and_what_names_nothing(cast: Cast, task: Task):
    by_hand(cast.olga, cast.sales, "page-7")
    page = text(add(cast, task))
    assert "Another person&#x27;s task claims this item already" in page
    assert "1 item is also claimed by another person's task, so it counts for neither of you." in page
    assert "Olga" not in page
    assert add(cast, task, external_id="--").status_code == 422


@pytest.mark.parametrize(
    ("capability", "state"),
    [("mail.list", Call.State.DONE), ("mail.label", Call.State.WOULD), ("mail.label", Call.State.REFUSED)],
)
def test_a_task_that_changed_nothing_is_told_so(cast: Cast, task: Task, capability, state):
    Call.objects.all().delete()
    called(task, capability, state)
    answer = add(cast, task)
    assert answer.status_code == 422
    assert "The task changed nothing" in text(answer)
    assert not WorkItem.objects.exists()


def test_where_the_system_can_be_asked_nobody_is(cast: Cast):
    item = credited(cast.mia, cast.support, "T-1", title="<b>Refund</b>")
    mia = as_(cast.mia)
    page = text(mia.get(item.get_absolute_url()))
    assert "&lt;b&gt;Refund&lt;/b&gt;" in page
    assert "Ask a colleague" not in page
    assert "when tickets confirms" in page
    asking = reverse("outcomes:request", args=[item.pk])
    refused = mia.post(asking, {"colleague": cast.lea.email}, follow=True)
    assert "itself confirms its items" in text(refused)


def test_others_who_see_the_task_see_none_of_it(cast: Cast, task: Task):
    from agents.permissions import Level

    add(cast, task)
    share_agent(cast.mia, task.agent, reader=cast.olga, level=Level.MANAGER)
    olga = as_(cast.olga)
    page = text(olga.get(task.get_absolute_url()))
    assert "How to refund" not in page
    assert "<h2>Results</h2>" not in page
    for name in ("queue:items", "queue:feedback"):
        assert olga.post(reverse(name, args=[task.pk])).status_code == 404


def test_my_usage_has_the_items_and_what_one_cost(cast: Cast):
    used(cast.mia, cast.support)
    page = text(as_(cast.mia).get(reverse("usage:mine")))
    assert "verified work items" in page
    assert "per verified item: none confirmed yet" in page
    item = credited(cast.mia, cast.support, "T-1")
    actions.verify("tickets", item, at=ago(minutes=5))
    actions.verify("tickets", credited(cast.mia, cast.support, "T-2"), at=ago(minutes=5))
    page = text(as_(cast.mia).get(reverse("usage:mine")))
    assert '<div class="figure">$0.0013</div> <div class="quiet">per verified item' in page, "0.0025 for two"
    used(cast.mia, cast.support, model="acme:unheard-of")
    page = text(as_(cast.mia).get(reverse("usage:mine")))
    assert "per verified item: some calls have no price" in page, "what is not priced makes nothing cheaper"
