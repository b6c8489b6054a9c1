"""Pages of unclear calls: found beside asks, all that is known on one page, three answers and another look."""

import pytest
from django.urls import reverse

from agents.approvals.unclear import Unclear
from agents.connectors.base import ConnectorError, Result
from agents.gate import unclear_calls
from agents.queue.models import Call
from portal.audit.models import Entry
from tests.agents.gated import Scene, here  # noqa: F401
from tests.agents.unclear import Parked, parked
from tests.cast import as_

pytestmark = pytest.mark.django_db
S, U = Call.State, Unclear.State
QUESTION = "Did this happen? strange.write"


@pytest.fixture
def it(here: Scene, monkeypatch: pytest.MonkeyPatch) -> Parked:
    found = parked(here, monkeypatch)
    monkeypatch.setattr(unclear_calls, "_bounded_look", unclear_calls.performing.look)
    return found


def text(response) -> str:
    return " ".join(response.content.decode().split())


def says(it: Parked, answer: str, who=None):
    url = reverse("approvals:unclear-answer", args=[it.unclear.pk])
    return as_(who or it.mia).post(url, {"answer": answer}, follow=True)


def test_its_person_finds_it_on_home_in_the_inbox_and_on_the_tasks_page(it):
    mia = as_(it.mia)
    for url in ("/", reverse("approvals:list"), it.here.task.get_absolute_url()):
        assert QUESTION in text(mia.get(url)), url
    assert "waits until somebody says what happened" in text(mia.get(it.here.task.get_absolute_url()))
    assert 'data-count="1"' in text(mia.get("/")) or ">1<" in text(mia.get("/"))
    for other in (it.here.cast.lea, it.here.cast.ada):
        assert QUESTION not in text(as_(other).get("/")) + text(as_(other).get(reverse("approvals:list")))
    closed = mia.get(reverse("approvals:list") + "?state=closed")
    assert QUESTION not in text(closed)


def test_the_page_shows_arguments_what_the_system_shows_and_the_answers(it):
    found = text(as_(it.mia).get(it.unclear.get_absolute_url()))
    assert "<blockquote><span>Hello</span></blockquote>" in found
    for words in ("Strange shows nothing of it.", "Look again", "It happened", "It did not happen: do it"):
        assert words in found
    unchanged = as_(it.mia).get(
        f"{it.unclear.get_absolute_url()}?seen={_version(it)}", headers={"HX-Request": "true"}
    )
    assert unchanged.status_code == 204


def _version(it: Parked) -> str:
    return f"open-{it.unclear.looked_at.timestamp()}-101"


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        ("happened", S.DONE, "Noted: it happened."),
        ("do", S.LATER, "The agent goes on and does it"),
        ("not", S.FAILED, "Noted: it did not happen."),
    ],
)
def test_an_answer_and_the_same_form_sent_twice(it, answer, state, told):
    first = says(it, answer)
    assert told in text(first)
    assert first.redirect_chain[0][0] == it.here.task.get_absolute_url()
    assert it.now() == (state, "queued")
    again = text(says(it, "happened" if answer != "happened" else "do"))
    assert "Mia Park has said already that it" in again
    assert it.now() == (state, "queued")
    assert Entry.objects.filter(event__startswith="unclear.").count() == 1
    assert "Look again" not in again


def test_nothing_chosen_and_people_who_cannot_answer(it):
    assert says(it, "maybe").status_code == 422
    assert says(it, "do", it.here.cast.lea).status_code == 404
    Unclear.objects.update(second_person=True)
    assert says(it, "do").status_code == 403
    page = text(as_(it.mia).get(it.unclear.get_absolute_url()))
    assert "It waits for an approver of" in page
    assert "Look again" not in page
    assert QUESTION in text(as_(it.mia).get(reverse("approvals:list") + "?state=others"))
    second = as_(it.here.cast.ada).post(
        reverse("approvals:unclear-answer", args=[it.unclear.pk]), {"answer": "do"}, follow=True
    )
    assert second.redirect_chain[0][0] == reverse("approvals:list")
    assert it.now()[0] == S.LATER


def test_a_look_says_what_is_there_now(it):
    url = reverse("approvals:unclear-look", args=[it.unclear.pk])

    def locked(context):
        raise ConnectorError("The mailbox is locked <b>.")

    it.connector.reconciles = locked
    found = text(as_(it.mia).post(url, follow=True))
    assert "Strange cannot tell. The mailbox is locked &lt;b&gt;." in found
    assert "looked at by Mia Park" in found
    it.connector.reconciles = lambda context: Result({}, "It is there")
    assert "Strange shows that it happened." in text(as_(it.mia).post(url, follow=True))
    assert it.now() == (S.DONE, "queued")


def test_an_ended_task_offers_no_doing(it):
    type(it.here.task).objects.filter(pk=it.here.task.pk).update(state="cancelled")
    found = text(as_(it.mia).get(it.unclear.get_absolute_url()))
    assert "do it" not in found
    assert "This is only noted: the task has ended." in found
