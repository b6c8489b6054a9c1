"""Forms of connections: the connection with its connector's settings, and rights on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from agents.at_once import at_once_field
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.connectors.base import Connector
from agents.permissions import AgentsPermission, ConnectionPermission
from agents.readers import ReaderField
from portal.days import DayField, end_of
from portal.editing import EditForm
from portal.naming import NameInput
from portal.people.models import Person
from portal.teams.models import Team


class ConnectionForm(EditForm):
    """Name and secret. The secret is only ever written: no page shows it again."""

    name = NameInput(max_length=80, help_text="A name that people recognise.")
    most_at_once = at_once_field(
        "Calls at once",
        "Of all agents together. Empty: as many as come. More wait for a moment and are tried again.",
    )
    secret = forms.CharField(
        max_length=10_000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    secret_ends_at = DayField(
        ends=True,
        label="Good until the end of",
        required=False,
        help_text="If it ends by itself: you are told two weeks before.",
    )

    def __init__(self, *args: Any, connector: Connector, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not connector.secret_title:
            del self.fields["secret"], self.fields["secret_ends_at"]
            return
        secret = self.fields["secret"]
        secret.label = connector.secret_title
        secret.help_text = "Stored encrypted and never shown again." + (
            " Leave empty to keep the stored one." if stored else ""
        )

    def clean_secret_ends_at(self) -> datetime | None:
        day = self.cleaned_data["secret_ends_at"]
        return end_of(day) if day else None


class AddForm(ConnectionForm):
    """The owner: the person, or a team if the person may add shared connections."""

    team = forms.ModelChoiceField(
        Team.objects.all(),
        label="Shared with the team",
        required=False,
        empty_label="Nobody: it is mine alone",
        help_text="Its members see the connection and can request access to it. You decide.",
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not person.has_perm(AgentsPermission.ADD_SHARED):
            del self.fields["team"]


def settings_form(connector: Connector, data: Any, initial: Mapping[str, Any] | None = None) -> forms.Form:
    """The connector's own form, under a prefix so that its fields cannot meet ours."""
    return connector.settings_form(data, initial=dict(initial or {}), prefix="settings")


def drawn(form: forms.Form, settings: forms.Form) -> dict[str, Any]:
    """For the page: what few people need is folded away, unless something there is wrong."""
    few = {*getattr(settings, "more", ()), "secret_ends_at", "most_at_once"}
    return {
        "form": form,
        "settings": settings,
        "opened": bool(few & (set(form.errors) | set(settings.errors))),
    }


def kinds() -> list[tuple[str, str]]:
    return [(connector.kind, connector.title) for connector in connectors().values()]


class FilterForm(forms.Form):
    q = forms.CharField(
        label="Search", required=False, widget=forms.SearchInput(attrs={"placeholder": "Name"})
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=lambda: [("", "Any kind"), *kinds()])
    whose = forms.ChoiceField(
        label="Whose",
        required=False,
        choices=[("", "Everybody's"), ("own", "My own"), ("shared", "Shared")],
    )
    removed = forms.BooleanField(label="Show removed", required=False)


class InsideForm(EditForm):
    places = forms.CharField(
        label="Addresses or networks",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One on each line: 10.2.0.5, or 10.2.0.0/24 for a network. Empty: none.",
    )


def inside_form(connection: Connection, data: Any = None) -> InsideForm:
    return InsideForm(data, initial={"places": "\n".join(connection.inside)})


class RightsForm(forms.Form):
    holder = ReaderField(label="To whom")
    rights = forms.TypedMultipleChoiceField(
        coerce=ConnectionPermission,
        label="What they may do",
        choices=ConnectionPermission.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[ConnectionPermission.VIEW.value],
    )


def edit_form(connection: Connection, data: Any = None) -> tuple[ConnectionForm, forms.Form]:
    """The connection's form, and its connector's own, which is saved with it."""
    form = ConnectionForm(
        data,
        initial={
            "name": connection.name,
            "most_at_once": connection.most_at_once,
            "secret_ends_at": connection.secret_ends_at,
        },
        connector=connection.connector,
        stored=bool(connection.secret),
    )
    settings = settings_form(connection.connector, data, connection.settings)
    form.beside = (settings,)
    return form, settings
