"""Ready-made agents: what each needs and lacks is said, and one click registers it and requests all of that."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from agents.connectors import catalogue
from agents.grants.models import Grant, GrantRequest
from agents.queue.models import Task
from agents.registry.models import Agent
from agents.registry.ready import every
from agents.runtime import loop
from agents.schedules.words import in_words
from tests import builders
from tests.cast import Cast, as_
from tests.forms import Form

pytestmark = pytest.mark.django_db


def drawn(page, action: str = "") -> dict[str, list[str]]:
    """What a browser sends of the form where nobody touches anything."""
    forms = BeautifulSoup(page.content, "html.parser").select("main form[method=post]")
    tag = next(form for form in forms if action in (form.get("action") or ""))
    return Form("", frozenset(), "", "", None, tag).drawn()  # type: ignore[arg-type]


def set_up(cast: Cast, key: str = "triage"):
    mia = as_(cast.mia)
    page = mia.get(reverse("gallery:new", args=[key]))
    return mia, mia.post(page.request["PATH_INFO"], drawn(page), follow=True)


@pytest.mark.parametrize("ready", every(), ids=lambda ready: ready.key)
def test_each_is_whole(ready):
    known = catalogue()
    assert ready.envelope <= known.keys()
    assert ready.purpose
    assert not ready.purpose.endswith(".")
    assert len(ready.example) > 10
    assert not ready.line or in_words(ready.line)


def test_all_are_listed_with_what_they_need(cast: Cast):
    text = as_(cast.mia).get(reverse("gallery:list")).text
    assert all(ready.name in text for ready in every())
    assert "read messages" in text
    assert "every weekday at 07:30" in text


def test_on_ones_own_mailbox_it_works_at_once(cast: Cast):
    """Its person grants to themselves with the click that says so, and the first task is filled in."""
    builders.own_mail(cast.mia)
    mia, page = set_up(cast)
    agent = Agent.objects.get(ready_made="triage")
    assert (agent.owner, agent.mode) == (cast.mia, Agent.Mode.SHADOW)
    grants = Grant.objects.filter(agent=agent)
    assert {grant.state for grant in grants} == {Grant.State.ACTIVE}
    assert {grant.capability for grant in grants} == {"mail.list", "mail.read", "mail.label", "mail.draft"}
    assert "lacks what its job needs" not in page.text
    mia.post(page.request["PATH_INFO"], drawn(page), follow=True)
    task = Task.objects.get()
    assert task.instruction.startswith("Sort the inbox")
    loop.run(task.pk)
    task.refresh_from_db()
    assert task.state == "succeeded"


def test_on_a_shared_mailbox_it_is_one_click_that_requests_all(cast: Cast):
    box, chat = builders.mail(cast.ada, cast.support), builders.chat(cast.ada, cast.support)
    _, page = set_up(cast)
    asked = GrantRequest.objects.order_by("pk")
    assert {one.connection for one in asked} == {box, chat}
    assert set(Grant.objects.values_list("state", flat=True)) == {Grant.State.REQUESTED}
    assert "lacks what its job needs" in page.text
    assert "requested; its admins decide" in page.text
    assert "Request what it lacks" not in page.text


def test_what_was_declined_is_requested_again_with_one_click(cast: Cast):
    builders.mail(cast.ada, cast.support)
    mia, page = set_up(cast)
    Grant.objects.update(state=Grant.State.DENIED)
    agent = Agent.objects.get()
    page = mia.get(reverse("queue:new", args=[agent.pk]))
    assert "Request what it lacks" in page.text
    mia.post(reverse("gallery:request", args=[agent.pk]), drawn(page, "/request/"))
    assert GrantRequest.objects.count() == 2
    assert Grant.objects.filter(state=Grant.State.REQUESTED).count() == 4
    mia.post(reverse("gallery:request", args=[agent.pk]))
    assert GrantRequest.objects.count() == 2, "what is requested is not requested twice"


def test_without_a_connection_it_says_so_and_registers_nothing(cast: Cast):
    mia = as_(cast.mia)
    page = mia.get(reverse("gallery:new", args=["triage"]))
    assert "There is no connection of the kind “Mailbox”" in page.text
    mia.post(reverse("gallery:new", args=["triage"]), {"name": "Inbox triage", "team": cast.support.pk})
    assert not Agent.objects.exists()


def test_a_name_that_is_taken_gets_a_number(cast: Cast):
    builders.own_mail(cast.mia)
    set_up(cast)
    set_up(cast)
    assert set(Agent.objects.values_list("name", flat=True)) == {"Inbox triage", "Inbox triage 2"}


def test_an_unknown_one_and_an_agent_of_others_is_404(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    assert as_(cast.mia).get(reverse("gallery:new", args=["nothing"])).status_code == 404
    assert as_(cast.olga).post(reverse("gallery:request", args=[agent.pk])).status_code == 404
    page = as_(cast.mia).post(reverse("gallery:request", args=[agent.pk]), follow=True)
    assert "There is nothing to request" in page.text
