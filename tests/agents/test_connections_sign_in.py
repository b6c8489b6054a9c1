"""A person's own sign-in at a provider: PKCE, state, tokens that are refreshed once, the end at the provider."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections as databases
from django.utils import timezone

from agents import gate
from agents.connections import providers, signing_in
from agents.connections.access import Access
from agents.connections.models import Connection
from agents.connectors.base import ConnectorError, Unavailable
from agents.lifecycle.connections import remove_connection
from portal.accounts import actions as people
from portal.audit.models import Entry
from tests import builders
from tests.agents import transcripts
from tests.agents.oidc import Provider
from tests.cast import Cast, as_


@pytest.fixture
def provider(settings: Any, cast: Cast) -> Iterator[Provider]:
    running = Provider()
    running.account = cast.mia.email
    settings.OAUTH = running.said
    yield running
    running.close()


def signed_in(cast: Cast, provider: Provider) -> Connection:
    box = builders.own_mail(cast.mia)
    browser = as_(cast.mia)
    away = browser.get(f"/connections/{box.pk}/sign-in/company/")
    browser.get(provider.sign_in(away["Location"]))
    return box


def about_over(box: Connection) -> None:
    Access.objects.filter(connection=box).update(token_ends_at=timezone.now() + timedelta(seconds=30))


@pytest.mark.django_db
def test_a_person_signs_in_and_the_connection_acts_as_them(cast: Cast, provider: Provider):
    box = signed_in(cast, provider)
    context = box.context()
    assert (context.account, context.token()) == (cast.mia.email, provider.issued[0])
    path, form = provider.asked[0]
    assert (path, form["grant_type"], "code_verifier" in form) == ("/token", "authorization_code", True)
    row = Access.objects.get()
    assert not any(token.encode() in bytes(row.tokens) for token in provider.issued)
    assert all(token not in repr((context, row, vars(row))) for token in provider.issued)
    entry = Entry.objects.get(event="connection.signed_in")
    assert (entry.actor, entry.details["account"]) == (cast.mia, cast.mia.email)


@pytest.mark.django_db
def test_the_trail_names_agent_and_person(cast: Cast, provider: Provider):
    box = signed_in(cast, provider)
    agent = builders.agent(cast.mia, cast.support)
    builders.grant(agent, box, "mail.list", by=cast.mia)
    task = transcripts.running(cast.mia, agent)
    gate.call(
        task, transcripts.step(task), 0, tool_call_id="1", tool_name="mail_list", capability="mail.list",
        connection=box.pk, arguments={"folder": "INBOX"},
    )  # fmt: skip
    entry = Entry.objects.get(event="call.allowed")
    assert str(entry) == f"{agent} listed messages in {box} as {cast.mia}"


def test_presets_are_whole_and_what_cannot_be_read_is_said(settings: Any):
    settings.OAUTH = {
        "gmail": {"client_id": "a"},
        "microsoft365": {"client_id": "b", "tenant": "contoso.example"},
    }
    google, microsoft = providers.all_().values()
    assert "https://mail.google.com/" in google.scopes
    assert microsoft.token == "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"
    assert microsoft.issuer.endswith("/{tid}/v2.0")
    assert providers.readable(None) == []
    for wrong, says in (
        ({"gmail": {}}, "lacks 1 required|client_id"),
        ({"gmail": {"client_id": "a", "colour": 1}}, "colour"),
        ({"gmail": {"client_id": "a", "inside": ["x"]}}, "x"),
    ):
        settings.OAUTH = wrong
        (found,) = providers.readable(None)
        assert re.search(says, found.msg)


@pytest.mark.django_db
def test_an_answer_counts_once_and_only_where_it_was_asked_for(cast: Cast, provider: Provider):
    box = builders.own_mail(cast.mia)
    mia, olga = as_(cast.mia), as_(cast.olga)
    target = mia.get(f"/connections/{box.pk}/sign-in/company/")["Location"]
    back = provider.sign_in(target)
    assert "not begun here" in olga.get(back, follow=True).text
    assert "not begun here" in mia.get(back.replace("state=", "state=x"), follow=True).text
    assert "not begun here" in mia.get(back, follow=True).text, "the wrong state has used it up"
    assert Access.objects.count() == 0
    assert olga.get(f"/connections/{box.pk}/sign-in/company/").status_code == 404
    assert mia.get(f"/connections/{box.pk}/sign-in/nowhere/").status_code == 404


WRONG = [
    {"aud": "another-client"},
    {"aud": ["portal", "another-client"]},
    {"iss": "https://evil.example"},
    {"nonce": "another"},
    {"exp": 1},
    {"email": "olga@example.com"},
    {"email_verified": False},
    {"email": "", "preferred_username": "no-address"},
]


@pytest.mark.django_db
@pytest.mark.parametrize("claims", WRONG, ids=lambda claims: "-".join(claims))
def test_a_token_for_another_person_or_audience_is_refused(cast: Cast, provider: Provider, claims: Any):
    provider.claims = claims
    box = signed_in(cast, provider)
    assert Access.objects.count() == 0
    with pytest.raises(ConnectorError):
        box.context().token()


@pytest.mark.django_db
def test_a_token_about_to_end_is_refreshed_and_one_that_was_refused_too(cast: Cast, provider: Provider):
    box = signed_in(cast, provider)
    about_over(box)
    second = box.context().token()
    assert second == provider.issued[2] == box.context().token()
    assert box.context().token(refused=second) == provider.issued[4]
    provider.fails = 503
    about_over(box)
    with pytest.raises(Unavailable):
        box.context().token()
    provider.fails = 0
    assert box.context().token() == provider.issued[6]
    provider.good.clear()
    about_over(box)
    with pytest.raises(ConnectorError, match="sign in again"):
        box.context().token()
    asked = len(provider.asked)
    with pytest.raises(ConnectorError, match="sign in again"):
        box.context().token()
    assert len(provider.asked) == asked, "a refresh token that is worth nothing is not shown again"
    box.refresh_from_db()
    assert box.check_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_workers_that_need_a_token_at_once_refresh_it_once(cast: Cast, provider: Provider):
    box = signed_in(cast, provider)
    about_over(box)
    got: list[str] = []

    def work() -> None:
        try:
            got.append(Connection.objects.get(pk=box.pk).context().token())
        finally:
            databases.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [provider.issued[2]] * 6
    assert [form["grant_type"] for _, form in provider.asked].count("refresh_token") == 1


@pytest.mark.django_db
def test_who_signs_out_removes_it_or_leaves_is_signed_out_at_the_provider(cast: Cast, provider: Provider):
    box = signed_in(cast, provider)
    as_(cast.mia).post(f"/connections/{box.pk}/sign-out/")
    assert provider.good
    signing_in.revoke_ended()
    assert (provider.good, bytes(Access.objects.get().tokens)) == (set(), b"")
    signing_in.revoke_ended()
    assert [path for path, _ in provider.asked].count("/revoke") == 1
    for name, ends in (
        ("Removed", lambda box: remove_connection(cast.mia, box)),
        ("Left", lambda box: people.deactivate(cast.ada, cast.mia)),
    ):
        box = builders.own_mail(cast.mia, name=name)
        browser = as_(cast.mia)
        browser.get(provider.sign_in(browser.get(f"/connections/{box.pk}/sign-in/company/")["Location"]))
        assert provider.good
        ends(box)
        assert not Access.objects.standing().exists()
        signing_in.revoke_ended()
        assert provider.good == set()
