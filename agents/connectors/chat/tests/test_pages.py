"""The page of messages: who reads which, as plain text."""

import uuid

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.connectors.chat.models import ChatMessage
from tests import builders
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
URL = "chat:list"


def post(cast: Cast, text: str, **to: object) -> ChatMessage:
    owner = cast.mia
    agent = owner.agents.first() or builders.agent(owner, cast.support)
    chat = agent.grants.first()
    connection = (
        chat.connection if chat else builders.chat(cast.ada, cast.support, name=f"Chat {uuid.uuid4()}")
    )
    return ChatMessage.objects.create(
        key=uuid.uuid4(),
        agent=agent,
        on_behalf_of=owner,
        task_number=7,
        connection=connection,
        text=text,
        **to,
    )


def shown(cast: Cast, who: str, **query: str) -> str:
    return as_(getattr(cast, who)).get(reverse(URL), query).content.decode()


def test_readers_see_theirs_and_the_one_it_was_posted_for(cast: Cast) -> None:
    post(cast, "For Olga alone", to_person=cast.olga)
    post(cast, "For the support team", to_team=cast.support)
    assert as_(None).get(reverse(URL)).status_code == 302
    assert "For Olga alone" in shown(cast, "olga")
    assert "For the support team" not in shown(cast, "olga")
    assert "For the support team" in shown(cast, "lea")
    assert "For Olga alone" not in shown(cast, "lea")
    assert "For Olga alone" in shown(cast, "mia")
    assert "No messages yet" in shown(cast, "ada")
    task = reverse("queue:detail", args=[7])
    assert task in shown(cast, "mia")
    assert task not in shown(cast, "olga")


def test_plain_text_newest_first_searched(cast: Cast) -> None:
    post(cast, "first <script>alert(1)</script> https://evil.example", to_person=cast.lea)
    post(cast, "second", to_person=cast.lea)
    page = shown(cast, "lea")
    assert page.index("second") < page.index("first &lt;script&gt;")
    assert 'href="https://evil.example' not in page
    assert "second" not in shown(cast, "lea", words="FIRST")
    assert "No message has these words" in shown(cast, "lea", words="nothing like it")


def test_no_query_for_each_message(cast: Cast) -> None:
    client = as_(cast.lea)

    def asked() -> int:
        with CaptureQueriesContext(database) as queries:
            client.get(reverse(URL))
        return len(queries)

    post(cast, "one", to_person=cast.lea)
    few = asked()
    for number in range(10):
        post(cast, f"more {number}", to_person=cast.lea)
    assert asked() == few
