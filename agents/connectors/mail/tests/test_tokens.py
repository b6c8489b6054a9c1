"""The person's own sign-in on real mail servers: a certified OpenID provider, Dovecot, Postfix."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from agents import gate
from agents.connections import actions
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors.base import CallContext, ConnectorError, Result
from agents.connectors.mail.connector import Mail
from agents.connectors.mail.servers import session
from agents.connectors.mail.tests.company import Company, company
from agents.queue.models import Call
from tests import builders
from tests.agents import transcripts
from tests.agents.openid import SIGNED_IN, signs_in, stored
from tests.cast import Cast
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db
mail = Mail()
LETTER = {"to": ["lea@example.com"], "subject": "Lamps", "text": "Three lamps."}
QUESTION = b"From: Lea <lea@example.com>\nMessage-ID: <q@example.com>\nSubject: Lamps?\n\nHow many?\n"


@pytest.fixture(scope="module")
def running() -> Iterator[Company]:
    with company("plain oauthbearer xoauth2") as found:
        yield found


def known(found: Company, settings: Any) -> Company:
    settings.OAUTH = found.openid.said()
    settings.OWN_CA = str(found.dovecot.home / "cert.pem")
    settings.INSIDE = ["127.0.0.0/8", "::1"]
    session.close_all()
    return found


@pytest.fixture
def here(running: Company, settings: Any) -> Company:
    return known(running, settings)


def box(cast: Cast, here: Company, user: str = "", name: str = "My mailbox") -> Connection:
    settings = here.settings(user or cast.mia.email, address=cast.mia.email)
    return actions.add(cast.mia, kind="mail", name=name, settings=settings)


def call(place: Connection, name: str, key: str, **arguments: Any) -> Result:
    return mail.perform(place.context(), CallContext(f"mail.{name}", arguments, key, 7, "A", 1, 2))


def reads_and_sends(cast: Cast, here: Company) -> None:
    place, before = box(cast, here), len(here.letters())
    assert SIGNED_IN in signs_in(cast, here.openid, place)
    place.refresh_from_db()
    assert (place.check_ok, set(place.check_rights.values())) == (True, {""})
    assert call(place, "send", "k1", **LETTER) == call(place, "send", "k1", **LETTER)
    with here.dovecot.client(cast.mia.email) as client:
        client.append("INBOX", QUESTION)
    asked = call(place, "list", "k2").data["messages"][0]["id"]
    reply = {"message": asked, "to": LETTER["to"], "text": "Three."}
    assert call(place, "reply", "k3", **reply) == call(place, "reply", "k3", **reply)
    wait_until(lambda: len(here.letters()) > before + 1, 20)
    letters = here.letters()[before:]
    assert {(letter["From"], letter["To"]) for letter in letters} == {(cast.mia.email, "lea@example.com")}
    answers = {letter["Subject"]: letter["In-Reply-To"] for letter in letters}
    assert answers == {"Lamps": None, "Re: Lamps?": "<q@example.com>"}


def test_one_sign_in_reads_and_sends(cast: Cast, here: Company) -> None:
    reads_and_sends(cast, here)


def test_where_servers_know_the_older_way_only(cast: Cast, settings: Any) -> None:
    with company("plain xoauth2") as found:
        reads_and_sends(cast, known(found, settings))


def refused(place: Connection) -> set[str]:
    """What each use of it says."""
    found = set()
    for name, arguments in (("list", {}), ("draft", LETTER), ("send", LETTER)):
        with pytest.raises(ConnectorError) as caught:
            call(place, name, f"{name} {place.pk}", **arguments)
        found.add(str(caught.value))
    return found


def test_a_token_of_another_person_or_for_another_system(cast: Cast, here: Company, settings: Any) -> None:
    other, before = here.dovecot.anybody(), len(here.letters())
    theirs = box(cast, here, user=other)
    signs_in(cast, here.openid, theirs)
    remedy = "Correct the user in the settings, or sign in again on the connection's page."
    line = f"The mail server localhost refused the sign-in of {cast.mia.email} as the user {other}. {remedy}"
    assert refused(theirs) == {line}
    settings.OAUTH = here.openid.said(
        scopes=["openid", "email", "offline_access"],
        extra={"prompt": "consent", "resource": "https://calendar"},
    )
    elsewhere = box(cast, here, name="Second")
    signs_in(cast, here.openid, elsewhere)
    assert here.openid.knows(elsewhere.context().token())["active"] is False
    line = f"The mail server localhost refused the sign-in of {cast.mia.email}. Sign in again on the connection's page."
    assert refused(elsewhere) == {line}
    elsewhere.refresh_from_db()
    assert (elsewhere.check_note, elsewhere.broken_at is not None) == (line, True)
    assert (here.drafts(other), here.drafts(cast.mia.email), len(here.letters())) == (0, 0, before)


def test_a_token_that_ends_in_the_middle_of_a_task(cast: Cast, here: Company) -> None:
    """A new one is fetched where that is possible. Where not, the call fails, and after a new sign-in it goes on."""
    place, user = box(cast, here), cast.mia.email
    signs_in(cast, here.openid, place)
    agent, drafts, sent = builders.agent(cast.mia, cast.support), here.drafts(user), len(here.letters())
    builders.grant(agent, place, "mail.list", by=cast.mia)
    task, numbers = transcripts.running(cast.mia, agent), itertools.count(1)

    def listed() -> Call:
        number = next(numbers)
        gate.call(
            task, transcripts.step(task, number), 0, tool_call_id=f"{number}", tool_name="mail_list",
            capability="mail.list", connection=place.pk, arguments={},
        )  # fmt: skip
        session.close_all()  # as where the server closes what was idle
        return Call.objects.filter(task=task).latest("pk")

    assert listed().state == Call.State.DONE
    first = stored()
    here.openid.ends(first["access"])
    assert listed().state == Call.State.DONE
    here.openid.ends(second := stored()["access"])
    assert second != first["access"]
    call(place, "draft", "d1", **LETTER)
    session.close_all()
    here.openid.revoke(stored()["refresh"])
    failed = listed()
    assert failed.state == Call.State.FAILED
    line = "The sign-in at Company sign-in is not valid any more"
    assert line in str(vars(failed))
    with pytest.raises(ConnectorError, match=line):
        call(place, "draft", "d2", **LETTER)
    assert (here.drafts(user), len(here.letters())) == (drafts + 1, sent)
    assert Access.objects.standing().get().refused_at is not None
    signs_in(cast, here.openid, place)
    assert listed().state == Call.State.DONE
    call(place, "draft", "d2", **LETTER)
    assert here.drafts(user) == drafts + 2


def test_mail_is_sent_once_where_its_token_ended(cast: Cast, here: Company) -> None:
    place, before = box(cast, here), len(here.letters())
    signs_in(cast, here.openid, place)
    here.openid.ends(stored()["access"])
    assert call(place, "send", "k5", **LETTER).counts == {"sent": 1}
    here.openid.revoke(stored()["refresh"])
    session.close_all()
    with pytest.raises(ConnectorError, match="sign in again"):
        call(place, "send", "k6", **LETTER)
    wait_until(lambda: len(here.letters()) > before, 20)
    assert len(here.letters()) == before + 1
