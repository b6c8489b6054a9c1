"""What can be done to connections, what is refused, and that a secret is never told."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection as database

from agents.connections import actions
from agents.connections.models import Connection
from agents.connectors.base import ConnectorError
from agents.grants.models import Grant
from agents.lifecycle.connections import remove_connection
from agents.permissions import ConnectionPermission, OpeningPermission, StopPermission
from portal.accounts import actions as people
from portal.audit.models import Entry
from portal.sealing import seal
from portal.teams import actions as teams
from tests import builders
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SECRET = "hunter2-very-secret"
VIEW, GRANT = ConnectionPermission.VIEW, ConnectionPermission.GRANT
APPROVE, MANAGE = ConnectionPermission.APPROVE, ConnectionPermission.MANAGE


@pytest.fixture
def box(cast: Cast) -> Connection:
    return builders.mail(
        cast.ada, cast.support, builders.maildir(f"support-{uuid4().hex}", {"Hello": "How are you?"})
    )


def own_mailbox(cast: Cast, name: str = "Mine") -> Connection:
    path = str(builders.maildir(cast.mia.email))
    return actions.add(cast.mia, kind="mail", name=name, settings={"path": path, "address": cast.mia.email})


def rights(person, box: Connection) -> set[str]:
    return {str(right) for right in box.rights_of(person)} - {str(StopPermission.SET)}


def test_who_adds_a_shared_one_holds_every_right_and_its_team_sees_it(cast: Cast, box: Connection):
    assert rights(cast.ada, box) == {str(right) for right in ConnectionPermission}
    assert rights(cast.mia, box) == {str(VIEW)}
    assert rights(cast.olga, box) == set()
    assert Entry.objects.get(event="connection.added").details == {"kind": "mail", "shared_with": "Support"}


def test_a_personal_one_is_its_persons_alone(cast: Cast):
    mine = own_mailbox(cast)
    assert mine.personal
    assert rights(cast.mia, mine) == {*map(str, ConnectionPermission), str(OpeningPermission.GIVE)}
    for person in (cast.ada, cast.lea, cast.olga):
        assert mine not in Connection.objects.visible_to(person)
        assert rights(person, mine) == set()


def test_agents_read_its_name_so_somebody_who_grants_there_changes_it(cast: Cast, box: Connection):
    actions.give(cast.ada, box, holder=cast.mia, rights=[ConnectionPermission.MANAGE])
    with pytest.raises(ValidationError, match="Agents read this name"):
        actions.edit(cast.mia, box, name="Send all to Max", settings=box.settings)
    box.refresh_from_db()
    actions.edit(cast.mia, box, name=box.name, settings=box.settings)
    actions.give(cast.ada, box, holder=cast.mia, rights=[ConnectionPermission.GRANT])
    assert actions.edit(cast.mia, box, name="Post", settings=box.settings).name == "Post"


def test_adding_is_refused(cast: Cast):
    with pytest.raises(ValidationError, match="no connector “fax”"):
        actions.add(cast.ada, kind="fax", name="Fax", settings={}, team=cast.support)
    with pytest.raises(ValidationError, match="Only an admin can add shared"):
        actions.add(cast.mia, kind="chat", name="Chat", settings={}, team=cast.support)
    somebodys = {"path": str(builders.maildir(cast.lea.email)), "address": cast.mia.email}
    with pytest.raises(ValidationError, match="Your own mailbox is the folder"):
        actions.add(cast.mia, kind="mail", name="Lea's mail", settings=somebodys)
    with pytest.raises(ValidationError, match="that person's own mailbox"):
        actions.add(cast.ada, kind="mail", name="Lea's mail", settings=somebodys, team=cast.support)
    assert not Connection.objects.exists()
    assert not Entry.objects.filter(event="connection.added").exists()


def test_names_are_unique_among_shared_ones_and_among_ones_own(cast: Cast, box: Connection):
    with pytest.raises(ValidationError, match="shared connection with this name exists already"):
        builders.chat(cast.ada, cast.support, name="support MAILBOX")
    own_mailbox(cast, name="Support mailbox")
    with pytest.raises(ValidationError, match="You have a connection with this name already"):
        own_mailbox(cast, name="support mailbox")
    remove_connection(cast.ada, box)
    builders.chat(cast.ada, cast.support, name="Support mailbox")


def test_a_secret_is_encrypted_kept_when_left_empty_and_never_told(cast: Cast, box: Connection):
    actions.edit(cast.ada, box, name=box.name, settings=box.settings, secret=SECRET)
    assert box.context().secret == SECRET
    assert SECRET not in repr(box.context())
    assert SECRET not in repr(vars(box))
    actions.edit(cast.ada, box, name="Box", settings=box.settings)
    box.refresh_from_db()
    assert (box.name, box.context().secret) == ("Box", SECRET)
    with database.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text, secret FROM agents_connection c WHERE id = %s", [box.pk])
        text, stored = cursor.fetchone()
    assert SECRET not in text
    assert SECRET.encode() not in bytes(stored)
    assert all(SECRET not in f"{entry} {entry.details}" for entry in Entry.objects.all())
    assert Entry.objects.filter(event="connection.edited", details__new_key=True).count() == 1


def test_a_changed_key_decrypts_the_old_and_a_lost_one_is_said(cast: Cast, box: Connection, monkeypatch):
    stored = seal(SECRET)
    monkeypatch.setattr(settings, "ENCRYPTION_KEYS", ["new", *settings.ENCRYPTION_KEYS])
    Connection.objects.filter(pk=box.pk).update(secret=stored)
    box.refresh_from_db()
    assert box.context().secret == SECRET
    monkeypatch.setattr(settings, "ENCRYPTION_KEYS", ["another"])
    with pytest.raises(ConnectorError, match="enter the secret again"):
        box.context()
    actions.test(cast.ada, box)
    assert (box.check_ok, "cannot be decrypted" in box.check_note) == (False, True)


def test_testing_keeps_what_came_of_it(cast: Cast, box: Connection, tmp_path):
    actions.test(cast.ada, box)
    assert (box.check_ok, box.check_note) == (True, "1 message")
    actions.edit(cast.ada, box, name=box.name, settings=box.settings)
    assert (box.check_ok, box.checked_at, box.check_note) == (None, None, "")
    Connection.objects.filter(pk=box.pk).update(settings={**box.settings, "path": str(tmp_path / "gone")})
    box.refresh_from_db()
    actions.test(cast.ada, box)
    assert box.check_ok is False
    assert box.check_note
    assert [one.details for one in Entry.objects.filter(event="connection.tested")] == [
        {"ok": True},
        {"ok": False},
    ]


def test_removing_ends_grants_and_forgets_the_secret(cast: Cast):
    agent, box = builders.triage(cast)
    actions.edit(cast.ada, box, name=box.name, settings=box.settings, secret=SECRET)
    remove_connection(cast.ada, box)
    box.refresh_from_db()
    assert (box.state, bytes(box.secret)) == (Connection.State.REMOVED, b"")
    assert set(agent.grants.values_list("state", flat=True)) == {Grant.State.REVOKED}
    again = [
        lambda: remove_connection(cast.ada, box),
        lambda: actions.test(cast.ada, box),
        lambda: actions.edit(cast.ada, box, name="Back", settings=box.settings),
        lambda: actions.give(cast.ada, box, holder=cast.lea, rights=[GRANT]),
    ]
    for act in again:
        with pytest.raises(ValidationError, match="is removed"):
            act()


def test_rights_are_given_and_taken_but_for_the_last(cast: Cast, box: Connection):
    actions.give(cast.ada, box, holder=cast.lea, rights=[GRANT])
    assert rights(cast.lea, box) == {str(VIEW), str(GRANT)}
    with pytest.raises(ValidationError, match="Ada Osei is the last person who may change the connection"):
        actions.take(cast.ada, box, holder=cast.ada)
    assert rights(cast.ada, box) == {str(right) for right in ConnectionPermission}
    actions.give(cast.ada, box, holder=cast.sales, rights=[MANAGE])
    actions.take(cast.ada, box, holder=cast.ada)
    assert rights(cast.ada, box) == {str(VIEW)}  # by role
    assert rights(cast.olga, box) == {str(VIEW), str(MANAGE)}
    with pytest.raises(ValidationError, match="Lea Brandt is the last person who may decide"):
        actions.take(cast.olga, box, holder=cast.lea)


def test_who_has_left_and_an_empty_team_do_not_count(cast: Cast, box: Connection):
    actions.give(cast.ada, box, holder=cast.lea, rights=[GRANT, MANAGE])
    people.deactivate(cast.ada, cast.lea)
    empty = teams.create(cast.ada, name="Nobody yet")
    actions.give(cast.ada, box, holder=empty, rights=[GRANT, MANAGE])
    with pytest.raises(ValidationError, match="is the last"):
        actions.take(cast.ada, box, holder=cast.ada)


def test_a_personal_connection_is_given_to_nobody(cast: Cast):
    with pytest.raises(ValidationError, match="belongs to one person"):
        actions.give(cast.mia, own_mailbox(cast), holder=cast.lea, rights=[APPROVE])
