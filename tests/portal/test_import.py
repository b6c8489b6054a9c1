"""Importing an org chart in the browser: dry run, then exactly what was shown, all of it or nothing."""

import html
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.accounts import actions
from portal.audit.models import Entry
from portal.org_chart import importing
from portal.org_chart.chart import plan
from portal.org_chart.sheet import read
from portal.people.models import Person
from portal.permissions import Role
from portal.teams.models import Membership, Team
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
CHART = """email;name;manager_email;team;team_role;cost_centre;roles;time_zone
ada.osei@example.com;Ada Osei-Mensah
lea.brandt@example.com;Lea Brandt;;Support;member;4150
mia.park@example.com;Mia Park;ada.osei@example.com;Support
new.one@example.com;Zoë "Z" New;new.two@example.com;Freight;lead;4300;finance auditor;Europe/Paris
new.two@example.com;New Two;lea.brandt@example.com;freight
ghost@example.com;No Manager;nobody@example.com
"""


def preview(cast: Cast, data: bytes | str, name: str = "chart.csv"):
    data = data.encode() if isinstance(data, str) else data
    return as_(cast.ada).post(reverse("people:chart"), {"file": SimpleUploadedFile(name, data)})


def hidden(page: str) -> dict[str, str]:
    """The hidden fields as a browser sends them: line ends become CR LF."""
    found = re.findall(r'<input type="hidden" name="(digest|text)" value="([^"]*)"', page)
    return {name: re.sub(r"\r\n|\r|\n", "\r\n", html.unescape(value)) for name, value in found}


def agree(cast: Cast, fields: dict[str, str]):
    return as_(cast.ada).post(reverse("people:imports"), fields, follow=True)


def test_the_dry_run_shows_everything_and_does_nothing(cast: Cast):
    entries = Entry.objects.count()
    page = preview(cast, CHART).text
    assert "10 changes would be made" in page
    assert "1 row cannot be imported and is left out" in page
    assert "The manager nobody@example.com is neither here" in page
    assert "Import these 10 changes" in page
    assert (Person.objects.count(), Entry.objects.count()) == (6, entries)


def test_agreeing_does_exactly_what_was_shown(cast: Cast):
    done = agree(cast, hidden(preview(cast, CHART).text))
    assert "Imported: 10 changes." in done.text
    people = {person.email: person for person in Person.objects.select_related("manager")}
    one, two = people["new.one@example.com"], people["new.two@example.com"]
    assert (one.display_name, one.manager, one.time_zone, one.has_joined) == (
        'Zoë "Z" New',
        two,
        "Europe/Paris",
        False,
    )
    assert one.roles == [Role.FINANCE, Role.AUDITOR]
    assert two.manager == cast.lea
    assert people[cast.ada.email].display_name == "Ada Osei-Mensah"
    assert people[cast.mia.email].manager == cast.ada
    freight = Team.objects.get(name="Freight")
    assert freight.cost_centre == "4300"
    assert Team.objects.get(name="Support").cost_centre == "4150"
    roles = {one.email: "lead", two.email: "member"}
    found = Membership.objects.current().filter(team=freight).values_list("person__email", "role")
    assert dict(found) == roles
    assert set(freight.group.user_set.all()) == {one, two}
    assert Membership.objects.current().get(person=cast.lea).role == "member"
    assert not Person.objects.filter(email="ghost@example.com").exists()


def test_there_is_an_entry_for_each_change_and_one_for_the_import(cast: Cast):
    before = Entry.objects.latest("id").id
    agree(cast, hidden(preview(cast, CHART).text))
    entries = Entry.objects.since(before)
    assert [entry.event for entry in entries] == [
        "team.created",
        "team.edited",
        "person.invited",
        "person.invited",
        "person.moved",
        "person.edited",
        "team.member_added",
        "team.member_added",
        "team.member_added",
        "person.roles",
        "people.imported",
    ]
    assert {entry.actor_name for entry in entries} == {"Ada Osei"}
    assert entries.last().details == {"changes": 10, "rows": 5, "left_out": 1}


def test_a_second_time_nothing_changes(cast: Cast):
    agree(cast, hidden(preview(cast, CHART).text))
    page = preview(cast, CHART).text
    assert "Nothing would change" in page
    assert "5 rows say nothing new" in page
    assert hidden(page) == {}


def test_nothing_that_the_file_does_not_name_goes_away(cast: Cast):
    agree(cast, hidden(preview(cast, "email,name,team\nmia.park@example.com,Mia Park,Sales\n").text))
    assert set(Membership.objects.current().filter(person=cast.mia).values_list("team__name", flat=True)) == {
        "Sales",
        "Support",
    }
    assert Person.objects.active().count() == 6
    cast.mia.refresh_from_db()
    assert cast.mia.manager == cast.lea


def test_what_changed_since_the_dry_run_is_shown_again_and_not_imported(cast: Cast):
    fields = hidden(preview(cast, CHART).text)
    actions.invite(cast.ada, email="new.two@example.com", display_name="New Two", manager=cast.lea)
    entries = Entry.objects.count()
    again = agree(cast, fields)
    assert again.status_code == 409
    assert "changed in the meantime" in again.text
    assert "9 changes would be made" in again.text
    assert Entry.objects.count() == entries
    assert agree(cast, hidden(again.text)).status_code == 200
    assert Person.objects.filter(email="new.one@example.com").exists()


def test_a_changed_text_with_the_old_digest_is_not_imported(cast: Cast):
    fields = hidden(preview(cast, CHART).text)
    fields["text"] = fields["text"].replace("finance auditor", "admin")
    assert agree(cast, fields).status_code == 409
    assert Person.objects.count() == 6


def test_either_everything_is_imported_or_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def fails(*arguments: object) -> None:
        raise ValidationError("The last step fails")

    shown = plan(read(CHART), importing.here())
    entries = Entry.objects.count()
    monkeypatch.setattr(importing, "_memberships", fails)
    with pytest.raises(ValidationError):
        actions.import_chart(cast.ada, text=CHART, digest=shown.digest)
    assert (Person.objects.count(), Team.objects.count(), Entry.objects.count()) == (6, 2, entries)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "This is a spreadsheet"),
        (b"name\nAda", "no column email"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b"email,name\n" + b"a,b\n" * 5001, "more than 5,000 rows"),
        (b'email,name\n"a', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(cast: Cast, data: bytes, said: str):
    answer = preview(cast, data)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_guessed_encoding_is_told(cast: Cast):
    page = preview(cast, "email,name\nmu@example.com,Jörg Müller\n".encode("cp1252")).text
    assert "read as Windows-1252" in page
    assert "Jörg Müller" in page


def test_a_form_that_was_tampered_with_breaks_nothing(cast: Cast):
    assert "no column email" in agree(cast, {"text": "nonsense", "digest": "x"}).text
    assert agree(cast, {}).status_code == 200


def test_five_thousand_rows_take_no_query_per_row(cast: Cast, django_assert_max_num_queries):
    lines = [f"p{n}@example.com,Person {n},p{n // 8}@example.com,Team {n % 400}" for n in range(1, 5000)]
    text = "\n".join(["email,name,manager_email,team", "p0@example.com,Person 0,,", *lines])
    shown = plan(read(text), importing.here())
    assert len(shown.changes) == 5000 + 4999 + 400
    with django_assert_max_num_queries(60):
        actions.import_chart(cast.ada, text=text, digest=shown.digest)
    assert Person.objects.count() == 5006
    assert Entry.objects.filter(event="person.invited").count() == 5006
