"""The settings of a connection: where releases lie, which services and environments there are, when it may be."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.deploy import rules
from agents.connectors.deploy.config import pins, services, variables
from agents.connectors.deploy.releases import location
from agents.connectors.deploy.watching.settings import MORE, WatchingSettings
from agents.connectors.deploy.watching.settings import READS as WATCHING
from portal.people import zones

READS: dict[str, Callable[[str], Any]] = {
    "services": services,
    "environments": rules.names,
    "pins": pins,
    "variables": variables,
    "freezes": rules.freezes,
    "hours": rules.hours,
    **WATCHING,
}


def _lines(**more: Any) -> forms.CharField:
    rows = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
    return forms.CharField(max_length=4_000, widget=rows, **more)


class DeploySettings(WatchingSettings):
    """Cleaned: texts as people wrote them, each of which ``config`` can read."""

    field_order = (
        "folder",
        "services",
        "environments",
        "green",
        "zone",
        "weekdays",
        "hours",
        "freezes",
        "on_call",
    )
    more = (*MORE, "pins", "variables", "keep", "seconds", "revert")

    folder = forms.CharField(
        label="Folder of the releases",
        max_length=500,
        help_text="Inside the portal's deploy folder. A name like shop is enough.",
    )
    services = _lines(
        label="Services",
        help_text="One a line: shop = the folder of its git repository on this machine.",
    )
    environments = forms.CharField(
        max_length=400,
        initial="staging, production",
        help_text="In the order in which a version goes through them.",
    )
    green = forms.BooleanField(
        label="Only versions whose checks are green",
        required=False,
        initial=True,
        help_text="What tests commits says so in git notes (refs/notes/checks), in a line like “tests: green”.",
    )
    zone = forms.ChoiceField(label="Time zone", help_text="Of the days and hours below.")
    weekdays = forms.ChoiceField(
        label="Days",
        required=False,
        choices=[("all", "Any day"), ("mon-fri", "Monday to Friday"), ("mon-thu", "Monday to Thursday")],
    )
    hours = forms.CharField(max_length=20, required=False, help_text="9-17, say. Empty: at any hour.")
    freezes = _lines(
        label="Freezes",
        required=False,
        help_text="One a line: 2026-12-24 to 2027-01-01 production: Christmas. A roll-back is always possible.",
    )
    pins = _lines(
        label="Digests of deploy.toml",
        required=False,
        help_text="What its commands and texts are is read from this file in the repository, once somebody has read it "
        "and written its digest here (sha256sum deploy.toml). Another content is refused.",
    )
    variables = _lines(
        label="Variables of the commands",
        required=False,
        help_text="One a line: NAME = value. They get these and no others. No secrets: they are shown here.",
    )
    keep = forms.IntegerField(
        label="Releases kept", min_value=2, max_value=50, initial=5, help_text="What can be rolled back to."
    )
    seconds = forms.IntegerField(
        label="Seconds a command may take", min_value=1, max_value=3_600, initial=600
    )
    revert = forms.BooleanField(
        label="Switch back at once where the new release is not healthy", required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = str(self.initial.get("zone") or zones.current())
        self.fields["zone"].choices = zones.choices(here)  # type: ignore[attr-defined]
        self.fields["zone"].initial = here

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, reads in READS.items():
            if name in given:
                try:
                    reads(given[name])
                except ValueError as error:
                    self.add_error(name, ValidationError(str(error)))
        if not self.errors:
            self._places(given)
        return given

    def _places(self, given: dict[str, Any]) -> None:
        try:
            location.root(given["folder"])
        except ConnectorError as error:
            self.add_error("folder", ValidationError(str(error)))
        try:
            for written in services(given["services"]).values():
                location.source(ConnectionContext(0, "", given), written)
        except ConnectorError as error:
            self.add_error("services", ValidationError(str(error)))
