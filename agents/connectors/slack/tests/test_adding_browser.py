"""In a real browser: an admin connects a workspace with three secrets, and no page shows them again."""

import pytest

from agents.connections.models import Connection
from agents.connectors.slack.tests import workspace
from tests.browser import Visitor, browsing
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRETS = {
    "Bot token": workspace.PORTAL,
    "Signing secret": "signing-secret-1",
    "App-level token": "xapp-token-1",
}


def test_an_admin_connects_a_workspace_and_takes_a_secret_away(cast: Cast, live_server) -> None:
    with browsing() as browser:
        ada = Visitor(browser, live_server.url)
        ada.sign_in(cast.ada.email, PASSWORD)
        ada.page.goto("/connections/new/slack/")
        ada.page.get_by_label("Name", exact=True).fill("Our Slack")
        ada.page.get_by_label("Shared with the team").select_option(label="Support")
        for label, secret in SECRETS.items():
            ada.page.get_by_label(label).fill(secret)
        ada.page.get_by_text("More settings").click()
        ada.page.get_by_label("Address of Slack's API").fill(workspace.url())
        ada.press("Add this connection")
        ada.sees("must be reached with TLS")
        place = Connection.objects.get(kind="slack")
        ada.page.goto(f"/connections/{place.pk}/inside/")
        ada.page.get_by_label("Addresses or networks").fill("127.0.0.0/8\n::1")
        ada.press("Save")
        ada.press("Test it now")
        ada.sees("Sample Co, as portal")
        ada.page.goto(f"/connections/{place.pk}/edit/")
        ada.page.get_by_label("Delete the stored secret: App-level token").check()
        ada.press("Save and test")
        ada.sees("Saved.")
        assert not [one for one in SECRETS.values() if one in ada.page.content()]
    place.refresh_from_db()
    assert set(place.context().secrets) == {"bot", "signing"}
