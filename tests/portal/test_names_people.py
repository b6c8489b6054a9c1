"""A name that looks like somebody's: the form asks once more, the chart lists it, the trail tells them apart."""

import csv
import io

import pytest

from portal.accounts import actions
from portal.audit.models import Entry
from portal.org_chart.chart import Here, Someone, plan
from portal.org_chart.sheet import read
from portal.people.models import Person
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
TWIN = "Mia Раrk"  # Р, а: Cyrillic


@pytest.mark.parametrize("door", ["/people/invitations/new/", "/people/{olga}/edit/", "/people/profile/"])
def test_the_form_asks_once_more(cast: Cast, door: str):
    client = as_(cast.olga if "profile" in door else cast.ada)
    url = door.format(olga=cast.olga.pk)
    email = "twin@example.com" if "new" in door else cast.olga.email
    form = {"display_name": TWIN, "email": email, "time_zone": "UTC"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"This looks like {cast.mia} ({cast.mia.email})." in page
    assert 'name="same_name"' in page
    assert not Person.objects.filter(display_name=TWIN).exists()
    assert client.post(url, form | {"same_name": "on"}).status_code in {200, 302}
    assert Person.objects.filter(display_name=TWIN).count() == 1
    assert Entry.objects.latest("id").details["looks_like"] == [f"Mia Park (#{cast.mia.pk})"]


def test_who_keeps_a_name_is_not_asked_about_it(cast: Cast):
    Person.objects.filter(pk=cast.olga.pk).update(display_name="Mia Park")
    page = as_(cast.olga).post("/people/profile/", {"display_name": "Mia Park", "time_zone": "Europe/Berlin"})
    assert page.status_code == 302


def test_the_chart_lists_them_and_refuses_a_team_that_looks_like_another(cast: Cast):
    here = Here({"mia@x.example": Someone("mia@x.example", "Mia Park")}, {"support": ("Support", "")})
    found = plan(
        read(
            f"email,name,team\na@x.example,{TWIN},Support\nb@x.example,Bo Holm,Suрроrt\n"
            "c@x.example,Ilo Ek,\nd@x.example,llo Ek,\nmia@x.example,Mia Park,"
        ),
        here,
    )
    assert [(row.line, row.why) for row in found.alike] == [
        (2, "Looks like Mia Park (mia@x.example)."),
        (4, "Looks like llo Ek (d@x.example)."),
        (5, "Looks like Ilo Ek (c@x.example)."),
    ]
    assert [(row.line, "looks like Support" in row.why) for row in found.bad] == [(3, True)]
    file = io.BytesIO(f"email,name\na@x.example,{TWIN}\n".encode())
    file.name = "chart.csv"
    shown = as_(cast.ada).post("/people/chart/", {"file": file}).content.decode()
    assert "Similar names" in shown
    assert f"Looks like Mia Park ({cast.mia.email})." in shown


def test_the_trail_and_its_export_tell_two_of_one_name_apart(cast: Cast):
    twin = actions.invite(cast.ada, email="twin@example.com", display_name="Mia Park", same_name=True)
    actions.end_sessions(cast.mia, cast.mia)
    actions.end_sessions(twin, twin)
    whos = [f"Mia Park (#{one.pk}, {one.email})" for one in (cast.mia, twin)]
    page = as_(cast.aud).get("/trail/").content.decode()
    assert all(who in page for who in whos)
    told = list(csv.DictReader(io.StringIO(as_(cast.aud).get("/trail/export/").content.decode())))
    assert {row["who"] for row in told if row["event"] == "person.sessions_ended"} == set(whos)
    portals = Entry(event="x", actor=None, actor_name="Agent Portal")
    assert portals.who == "Agent Portal (the portal itself)"

    Person.objects.filter(pk=twin.pk).update(erased_at=twin.joined_at, email="erased@portal.invalid")
    page = as_(cast.aud).get("/trail/").content.decode()
    assert f"Mia Park (#{twin.pk})" in page
    assert "erased@portal.invalid" not in page


def test_entries_from_before_the_codes_show_no_words_of_a_model(cast: Cast):
    """They are chained as they are, so only what is shown of them can change."""
    said = "I read that Mia is ill."
    details = {"reason": said, "mine": False}
    Entry.objects.create(event="task.failed", actor_name="Inbox triage", details=details)
    whole = {"reason": {"code": "asked_too_often", "params": {}}}
    Entry.objects.create(event="task.failed", actor_name="Inbox triage", details=whole)
    page = as_(cast.aud).get("/trail/?event=task.failed").text
    assert said not in page
    assert "&quot;mine&quot;: false" in page
    assert "has used up its number of asks" in page
    told = csv.DictReader(io.StringIO(as_(cast.aud).get("/trail/export/").content.decode()))
    assert [said in row["details"] for row in told if row["event"] == "task.failed"] == [False, False]
