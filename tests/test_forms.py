"""Every form of the house, walked: twice it is done once, signed out it comes back, drawn long ago it says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from portal.audit.models import Entry
from portal.submissions import drafts
from portal.submissions.marks import FIELD, VERSION
from portal.submissions.models import Submission
from tests.cast import as_, make_cast
from tests.forms import Form, Sent, every_form, on_page, post, same_form, undone
from tests.unversioned import NO_VERSION
from tests.world import make_world

pytestmark = pytest.mark.django_db
# Forms that do nothing when they are sent as the walk can fill them in, and why. Everything else must be done.
NOT_DONE = {
    "sign-out": "twice is as once",
    "signals:useful": "leaves no entry, since it is one's own; twice is as once",
    "rights:export": "a download, which makes nothing and is sent again",
    "people:chart": "only shows what an import would do",
    "connections:take": "nobody but the one who manages it holds rights there, who keeps them",
    "queue:items": "the task of this world changed nothing, so it brought nothing about",
    "people:links": "a link for this person is asked for already, and waits for another admin",
    "notices:reading": "leaves no entry, since it is one's own; twice is as once",
    "sign-in-again": "wants the password of who is signed in",
    "push:devices": "sends what a browser says, and no walk is one",
    "nights:tonight": "no agent of this world will probably ask tonight, so nothing can be cleared",
}
EDITS = {"people:edit", "people:profile", "people:manager", "people:roles", "teams:edit"}
EDITS |= {"registry:edit", "connections:edit", "schedules:edit", "slack:account"}
UPDATES = re.compile(r'^UPDATE "(\w+)"')
BESIDES = {"django_session", "portal_submission"}
OTHERS = ("olga.petrova@example.com", "finn.moreau@example.com")


@dataclass
class Walked:
    forms: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    edits: set[str] = field(default_factory=set)
    unversioned: dict[str, set[str]] = field(
        default_factory=dict
    )  # changes rows of these tables, and says of no version
    twice: list[str] = field(default_factory=list)  # what went wrong
    ended: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker) -> Walked:
    found = Walked()
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world(make_cast())
        for form in every_form(world):
            found.forms.append(form.name)
            found.twice += [] if FIELD in form.names else [f"{form.name} on {form.page} carries no mark"]
            sent = works(form, OTHERS[1], "Typed by her")
            if sent is not None:
                found.done.add(form.name)
                with undone():
                    found.twice += twice(form, sent, found)
                with undone():
                    found.stale += stale(form, sent, found)
            with undone():
                found.ended += ended(form)
        transaction.set_rollback(True)
    return found


def works(form: Form, who: str, words: str) -> Sent | None:
    """The first way to fill it in that does something."""
    for sent in form.typed(who, words):
        with undone():
            answer = post(as_(form.person), form, sent)
            if Submission.objects.exists():
                return sent
            shown = (
                []
                if answer.streaming or answer.has_header("Location")
                else on_page(answer.content.decode(), form.page, form.person)
            )
        for again in shown:  # it wants to be looked at once more
            if again.key == form.key:
                with undone():
                    post(as_(form.person), form, again.drawn())
                    if Submission.objects.exists():
                        return again.drawn()
    return None


def twice(form: Form, sent: Sent, found: Walked) -> Iterator[str]:
    client = as_(form.person)
    with CaptureQueriesContext(connection) as asked:
        first = post(client, form, sent)
    written = {table for query in asked for table in UPDATES.findall(query["sql"])} - BESIDES
    if written and form.shown() and VERSION not in form.names:
        found.unversioned[form.name] = written
    entries = Entry.objects.count()
    second = post(client, form, sent)
    if Entry.objects.count() != entries:
        yield f"{form.name} on {form.page} was done twice"
    if led(first) != led(second):
        yield f"{form.name}: first {first.status_code} {first.get('Location')}, then {second.status_code}"
    if not first.has_header("Location") and first.content != second.content:
        yield f"{form.name}: the second saw another page"


def led(answer) -> tuple[int, str]:
    """Where to: who signed out everywhere is led to sign-in both times, the second time with a way back."""
    return answer.status_code, urlsplit(answer.get("Location", "")).path


def ended(form: Form) -> Iterator[str]:
    if getattr(resolve(urlsplit(form.action).path).func, "access", "").startswith("anyone"):
        return
    sent = next(form.typed(OTHERS[0], "Typed and kept"))
    client, entries = Client(), Entry.objects.count()
    answer = post(client, form, sent)
    onward = parse_qs(urlsplit(answer.get("Location", "")).query).get("next", [""])[0]
    if answer.status_code != 302 or onward != form.page:
        yield f"{form.name} on {form.page}: signed out it leads to {answer.get('Location')}"
        return
    client.force_login(form.person)
    answer = client.get(onward, follow=True)
    page = answer.content.decode()
    if answer.status_code != 200 or drafts.RESTORED not in page.replace("&#x27;", "'"):
        yield f"{form.name}: {answer.status_code} at {onward}, and not a word of what was not done"
    if Entry.objects.count() != entries:
        yield f"{form.name}: something was done before the button was pressed again"
    there = {one.text.removeprefix("\n") for one in BeautifulSoup(page, "html.parser").select("textarea")}
    there |= {
        text
        for other in on_page(page, onward, form.person)
        for values in other.drawn().values()
        for text in values
    }
    for name, values in sent.items():
        secret = form.tag.select_one(f'input[type=password][name="{name}"]')
        lost = any("Typed and kept" in value and value not in there for value in values)
        if lost and not secret:
            yield f"{form.name}: what was typed as {name} is lost"
        if secret and any(value in page for value in values if value):
            yield f"{form.name}: the secret {name} was kept"


def stale(form: Form, sent: Sent, found: Walked) -> Iterator[str]:
    """A form that shows something else after it was sent edits what it shows."""
    post(as_(form.person), form, sent)
    now = same_form(form)
    if now is None or now.shown() == form.shown():
        return
    found.edits.add(form.name)
    # Neither what was there nor what the other made of it: that is told nothing. A value may need another one beside
    # it, without which the form refuses it anyway.
    for mine in [one for one in form.typed(OTHERS[0], "Mine") if one not in (form.drawn(), sent)] or [{}]:
        with undone():
            answer = post(as_(form.person), form, {**mine, "mark": now.drawn()["mark"]})
            after = same_form(form)
        if (said := "while you had it open" in answer.text) or answer.status_code != 422:
            break
    if answer.status_code != 422 or not said:
        yield f"{form.name} on {form.page}: {answer.status_code}, what changed meanwhile was not said"
    if after is None or after.shown() != now.shown():
        yield f"{form.name} on {form.page}: what was saved meanwhile is gone"


def test_the_walk_meets_the_forms_of_the_house_and_fills_them_in(walked):
    assert len(set(walked.forms)) >= 60
    assert set(walked.forms) - walked.done == set(NOT_DONE)


def test_sent_twice_it_is_done_once_and_both_see_the_result(walked):
    assert walked.twice == []


def test_sent_signed_out_it_comes_back_as_it_was_typed(walked):
    assert walked.ended == []


def test_drawn_before_a_change_it_says_so_and_restores_nothing(walked):
    assert walked.stale == []
    assert walked.edits >= EDITS


def test_what_changes_a_row_says_what_it_was_drawn_from(walked):
    assert {name: walked.unversioned[name] for name in set(walked.unversioned) - set(NO_VERSION)} == {}
    assert set(NO_VERSION) - set(walked.unversioned) == set()
