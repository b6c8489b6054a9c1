"""Once means once: a second press, a retried request and two at the same moment do a thing once, and both see it."""

import re
import threading

import pytest
from django.db import connection
from django.urls import reverse

from portal import plugins
from portal.audit.models import Entry
from portal.submissions import replay, sending
from portal.submissions.models import Submission
from portal.teams.models import Team
from tests.cast import as_


def mark(client, url):
    """The mark of the form on a page that posts to the page itself."""
    page = client.get(url).content.decode()
    form = next(
        part for part in page.split("<form ")[1:] if part.startswith('class="card') and "post" in part
    )
    return re.search(r'name="mark" value="([^"]+)"', form)[1]


def test_a_second_press_does_it_once_and_both_see_the_result(ada):
    client, url = as_(ada), reverse("teams:new")
    form = {"name": "Night shift", "cost_centre": "1", "mark": mark(client, url)}
    first = client.post(url, form)
    second = client.post(url, form)
    team = Team.objects.get(name="Night shift")
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == team.get_absolute_url()
    assert "Night shift is created" in client.get(second["Location"]).content.decode()
    assert Entry.objects.filter(event="team.created", target_id=team.pk).count() == 1


def test_what_the_first_showed_on_its_own_page_the_second_shows_too(ada):
    client, url = as_(ada), reverse("people:new")
    form = {"display_name": "Paul Berg", "email": "paul@example.com", "time_zone": "UTC"}
    form["mark"] = mark(client, url)
    first, second = client.post(url, form), client.post(url, form)
    assert first.status_code == second.status_code == 200
    link = re.search(r"/invitation/[^\"<\s]+", first.content.decode())
    assert link
    assert link[0] in second.content.decode()
    stored = bytes(Submission.objects.get().answer)
    assert link[0].encode() not in stored, "what opens something is sealed"


def test_a_refusal_gives_the_mark_back(ada):
    client, url = as_(ada), reverse("teams:new")
    form = {"name": "Support", "cost_centre": "1", "mark": mark(client, url)}
    assert client.post(url, form).status_code == 422
    assert not Submission.objects.exists()
    assert client.post(url, form | {"name": "Support two"}).status_code == 302


def test_a_form_that_was_done_and_changed_since_is_shown_again_not_swallowed(ada):
    client, url = as_(ada), reverse("teams:new")
    form = {"name": "One", "cost_centre": "1", "mark": mark(client, url)}
    client.post(url, form)
    page = client.post(url, form | {"name": "Two"})
    assert not Team.objects.filter(name="Two").exists()
    text = page.content.decode()
    assert sending.CHANGED in text
    assert 'value="Two"' in text
    again = re.findall(r'name="mark" value="([^"]+)"', text)[-1]
    assert client.post(url, form | {"name": "Two", "mark": again}).status_code == 302
    assert Team.objects.filter(name="Two").exists()


def test_the_answer_is_forgotten_soon_and_the_mark_later(ada):
    client, url = as_(ada), reverse("teams:new")
    form = {"name": "One", "cost_centre": "1", "mark": mark(client, url)}
    client.post(url, form)
    rows = Submission.objects.all()
    rows.update(at=rows.get().at - replay.ANSWERED)
    replay.forget()
    assert client.post(url, form)["Location"] == url, (
        "the page of the form, where the answer is not known any more"
    )
    assert replay.ONCE in client.get(url).content.decode()
    rows.update(at=rows.get().at - replay.REMEMBERED)
    replay.forget()
    assert not rows.exists()


def test_a_form_that_was_open_too_long_is_shown_again(ada, monkeypatch):
    client, url = as_(ada), reverse("teams:new")
    form = {"name": "One", "cost_centre": "1", "mark": mark(client, url)}
    monkeypatch.setattr("portal.submissions.marks.AGE", -1)
    text = client.post(url, form).content.decode()
    assert sending.EXPIRED in text
    assert 'value="One"' in text
    assert not Team.objects.filter(name="One").exists()


def test_a_form_of_somebody_else_does_nothing(ada, cast):
    url = reverse("teams:new")
    form = {"name": "One of hers", "cost_centre": "1", "mark": mark(as_(ada), url)}
    answer = as_(cast.lea).post(url, form)
    assert answer.status_code == 403
    assert "Somebody else was signed in" in answer.content.decode()
    assert "One of hers" in answer.content.decode()
    assert not Team.objects.filter(name="One of hers").exists()


@pytest.mark.django_db(transaction=True)
def test_five_at_the_same_moment_do_it_once_and_all_see_it(cast, monkeypatch):
    url = reverse("teams:new")
    form = {"name": "At once", "cost_centre": "1", "mark": mark(as_(cast.ada), url)}
    assert race(cast.ada, url, form) == {(302, Team.objects.get(name="At once").get_absolute_url())}
    assert Entry.objects.filter(event="team.created", target_name="At once").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_table_itself_lets_nobody_through_twice(cast, monkeypatch):
    """Without the lock by which the second waits: the mark is taken in the transaction of what is done."""
    monkeypatch.setattr("portal.locking._ask", lambda function, kind, name: True)
    url = reverse("teams:new")
    form = {"name": "At once", "cost_centre": "1", "mark": mark(as_(cast.ada), url)}
    race(cast.ada, url, form)
    assert Entry.objects.filter(event="team.created", target_name="At once").count() == 1


def race(person, url, form):
    ready, found = threading.Barrier(5), set()

    def press():
        client = as_(person)
        ready.wait()
        answer = client.post(url, form)
        found.add((answer.status_code, answer.get("Location", "")))
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_the_beat_forgets():
    import portal.workers  # noqa: F401  (registers its tasks)
    from portal.celery import app

    wanted = {beat.worker for beat in plugins.beats().values() if beat.worker.startswith("portal.")}
    assert "portal.forget_submissions" in wanted
    assert wanted <= set(app.tasks)
