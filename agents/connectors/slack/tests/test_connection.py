"""What a test of the connection finds: which workspace, what the app may do there, and why it cannot be used."""

from dataclasses import replace

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.slack.connector import Slack
from agents.connectors.slack.forms import SlackSettings
from agents.connectors.slack.tests import workspace


def test_it_says_which_workspace_and_who_the_app_is_there() -> None:
    assert Slack().check(workspace.connection()).note == "Sample Co, as portal"


@pytest.mark.parametrize("token", ["", " ", "xoxb with spaces", "xoxb-\nHost: elsewhere", "xoxb-ü"])
def test_what_is_no_token_is_said_before_anything_is_sent(token: str) -> None:
    with pytest.raises(ConnectorError, match="bot token"):
        Slack().check(workspace.connection(token, api="http://127.0.0.1:9/api/"))


def test_a_place_inside_is_reached_only_where_an_admin_let_it() -> None:
    with pytest.raises(ConnectorError, match="must be reached with TLS"):
        Slack().check(replace(workspace.connection(), inside=()))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("", "https://slack.com/api/"), ("https://slack-gov.com/api", "https://slack-gov.com/api/")],
)
def test_settings_name_the_address_of_the_api(written: str, meant: str) -> None:
    form = SlackSettings({"api": written})
    assert form.is_valid()
    assert form.cleaned_data == {"outside": False, "api": meant}


@pytest.mark.parametrize(
    "written", ["slack.com/api", "ftp://slack.com/", "https://", "https://a:b/", "https://a/?q=1"]
)
def test_what_is_no_address_is_refused(written: str) -> None:
    assert not SlackSettings({"api": written}).is_valid()
