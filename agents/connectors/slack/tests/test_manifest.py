"""The app's manifest: the docs show it, and the connection's page gives it with this connection's way."""

import html
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from agents.connections.models import Connection
from agents.connectors.slack import scopes
from agents.connectors.slack.arriving import payloads
from agents.connectors.slack.arriving.socket_mode import STORED
from agents.connectors.slack.manifest import manifest
from agents.connectors.slack.tests import incoming
from tests import builders
from tests.cast import Cast, as_


def test_the_docs_show_the_manifest_of_an_app_that_is_not_connected_yet() -> None:
    docs = (Path(settings.BASE_DIR) / "portal" / "docs" / "deploy.md").read_text()
    assert docs.count("```json") == 1
    assert docs.partition("```json\n")[2].partition("\n```")[0] == manifest()


def test_it_has_what_each_capability_needs_and_what_the_portal_hears() -> None:
    told = json.loads(manifest(address="https://portal.example.com/slack/1/"))
    held = told["oauth_config"]["scopes"]["bot"]
    assert not [name for name in scopes.NEEDS if scopes.lacking(name, held)]
    assert told["features"]["app_home"]["messages_tab_enabled"], "else nobody can write to the app"
    mention = {"user": "U1", "channel": "C1", "ts": "1.1", "text": "x"}
    heard = {"app_mention": mention, "message.im": {**mention, "channel_type": "im"}}
    for event in told["settings"]["event_subscriptions"]["bot_events"]:
        body = {"type": "event_callback", "team_id": "T1", "event_id": "E1"}
        assert payloads.wanted({**body, "event": {**heard[event], "type": event.partition(".")[0]}})
    assert {"events_api", "interactive"} == STORED


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["an address", "a socket"])
def test_the_page_gives_it_to_who_manages_the_connection(cast: Cast, way: str) -> None:
    place: Connection = (
        incoming.nowhere(cast) if way == "a socket" else builders.slack(cast.ada, cast.support)
    )
    page = reverse("slack:account", args=[place.pk])
    text = html.unescape(as_(cast.ada).get(page).content.decode())
    told = json.loads(text.partition("readonly>")[2].partition("</textarea>")[0])["settings"]
    door = reverse("slack:arrive", args=[place.pk])
    assert told["socket_mode_enabled"] == (way == "a socket")
    asked = [told[name].get("request_url", "") for name in ("event_subscriptions", "interactivity")]
    assert [url.endswith(door) for url in asked] == [way == "an address"] * 2
    assert "Manifest" not in as_(cast.mia).get(page).content.decode()
