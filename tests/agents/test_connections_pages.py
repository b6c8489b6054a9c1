"""The pages of connections: add, test, change, share, stop, remove; what is shown to whom."""

from uuid import uuid4

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.connections import actions
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.pages.connections.forms import ConnectionForm
from agents.permissions import ConnectionPermission
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db

SECRET = "hunter2-very-secret"
ADD_MAIL = "/connections/new/mail/"


@pytest.fixture
def folder() -> str:
    return str(builders.maildir(f"box-{uuid4().hex}", {"Hello": "How are you?"}))


@pytest.fixture
def box(cast: Cast, folder: str) -> Connection:
    return actions.add(
        cast.ada,
        kind="mail",
        name="Support mailbox",
        team=cast.support,
        settings={"path": folder, "address": "support@example.com"},
    )


def url(name: str, box: Connection) -> str:
    return reverse(f"connections:{name}", args=[box.pk])


def mail(**sent: object) -> dict[str, object]:
    return {"name": "Box", "settings-address": "support@example.com", **sent}


def test_adding_a_shared_mailbox_tests_it_at_once(cast: Cast, folder: str):
    sent = mail(**{"settings-path": folder, "team": cast.support.pk})
    answer = as_(cast.ada).post(ADD_MAIL, sent, follow=True)
    made = Connection.objects.get()
    assert (made.team, made.check_ok) == (cast.support, True)
    assert "Checked" in answer.text
    assert "1 message" in answer.text


def test_a_member_adds_their_own_and_cannot_share_it(cast: Cast):
    own = str(builders.maildir(cast.mia.email))
    assert "Shared with the team" not in as_(cast.mia).get(ADD_MAIL).text
    as_(cast.mia).post(ADD_MAIL, mail(**{"settings-path": own, "team": cast.support.pk}))
    made = Connection.objects.get()
    assert (made.team, made.person) == (None, cast.mia)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("settings-path", "/etc", "folder inside the portal's mail folder"),
        ("settings-path", "../../etc", "mail folder"),
        ("settings-path", "", "does not say where its mail is"),
        ("settings-path", "nul\x00", "Null characters"),
        ("settings-address", "nobody", "valid email"),
        ("name", "", "This field is required"),
        ("name", "x" * 81, "at most 80"),
        ("team", "999999", "Select a valid choice"),
    ],
)
def test_wrong_values_are_said_and_nothing_is_added(
    cast: Cast, folder: str, field: str, value: str, said: str
):
    sent = mail(**{"settings-path": folder, "team": cast.support.pk}) | {field: value}
    answer = as_(cast.ada).post(ADD_MAIL, sent)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#x27;", "'")
    assert not Connection.objects.exists()


def test_somebody_elses_mailbox_is_refused(cast: Cast):
    leas = str(builders.maildir(cast.lea.email))
    answer = as_(cast.mia).post(ADD_MAIL, mail(**{"settings-path": leas}))
    assert answer.status_code == 422
    assert "Your own mailbox is the folder" in answer.text


def test_an_unknown_kind_is_not_there(cast: Cast):
    assert as_(cast.ada).get("/connections/new/fax/").status_code == 404


def test_a_personal_connection_is_not_there_for_others(cast: Cast):
    path = str(builders.maildir(cast.mia.email))
    mine = actions.add(
        cast.mia, kind="mail", name="Mia's", settings={"path": path, "address": cast.mia.email}
    )
    for person in (cast.ada, cast.lea, cast.olga):
        for name in ("detail", "edit", "stop", "rights", "removal"):
            assert as_(person).get(url(name, mine)).status_code == 404
        assert as_(person).post(url("test", mine)).status_code == 404
        assert "Mia&#x27;s" not in as_(person).get(reverse("connections:list")).text
    assert as_(cast.mia).get(url("rights", mine)).status_code == 403


def test_a_secret_is_asked_for_and_never_shown(cast: Cast, box: Connection, monkeypatch):
    monkeypatch.setattr(type(box.connector), "secret_title", "Password")
    client = as_(cast.ada)
    sent = mail(**{"settings-path": box.settings["path"], "secret": SECRET})
    assert client.post(url("edit", box), sent | {"name": ""}).text.count(SECRET) == 0
    client.post(url("edit", box), sent)
    box.refresh_from_db()
    assert box.context().secret == SECRET
    for name in ("edit", "detail"):
        assert SECRET not in client.get(url(name, box)).text
    assert "stored, never shown" in client.get(url("detail", box)).text
    client.post(url("edit", box), sent | {"secret": "", "name": "Renamed"})
    box.refresh_from_db()
    assert (box.name, box.context().secret) == ("Renamed", SECRET)
    form = ConnectionForm({"name": "x", "secret": SECRET}, connector=connectors()["mail"])
    assert SECRET not in str(form)


def test_testing_answers_with_its_part_or_the_page(cast: Cast, box: Connection):
    part = as_(cast.ada).post(url("test", box), headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<section class="card" id="check">')
    assert "1 message" in part.text
    assert as_(cast.ada).post(url("test", box)).status_code == 302
    assert as_(cast.mia).post(url("test", box)).status_code == 403
    assert as_(cast.ada).get(url("test", box)).status_code == 405


def test_grants_and_settings_are_shown_to_who_looks_after_it(cast: Cast):
    agent, box = builders.triage(cast)
    admin, member = as_(cast.ada).get(url("detail", box)).text, as_(cast.mia).get(url("detail", box)).text
    for text in ("Agents that can use it now", box.settings["path"], "History"):
        assert text in admin
        assert text not in member
    for text in ("What agents can do here", "mail.read", "Admins and managers"):
        assert text in admin
        assert text in member
    assert f"{agent} can read messages" in admin


def test_pages_cost_the_same_however_much_there_is(cast: Cast, box: Connection):
    client = as_(cast.ada)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(database) as found:
            assert client.get(address).status_code == 200
        return len(found)

    addresses = [reverse("connections:list"), url("detail", box), url("rights", box)]
    agent = builders.agent(cast.mia, cast.support)
    builders.grant(agent, box, "mail.read", by=cast.ada)
    few = [queries(address) for address in addresses]
    for n in range(6):
        builders.chat(cast.ada, cast.support, name=f"Chat {n}")
        builders.grant(agent, box, "mail.label", by=cast.ada)
        actions.give(
            cast.ada, box, holder=list(cast.everyone().values())[n], rights=[ConnectionPermission.GRANT]
        )
    assert [queries(address) for address in addresses] == few


def test_a_chat_is_nobodys_own(cast):
    """Others read what is posted there, so nobody adds one to grant it to themselves."""
    assert as_(cast.mia).get("/connections/new/chat/").status_code == 403
    assert "Portal chat" not in as_(cast.mia).get("/connections/new/").content.decode()
    form = {"name": "Mine", "team": ""}
    assert (
        "Choose the team that shares" in as_(cast.ada).post("/connections/new/chat/", form).content.decode()
    )
    assert not Connection.objects.filter(kind="chat").exists()
