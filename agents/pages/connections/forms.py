"""Forms of connections: the connection with its connector's settings, and rights on it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from agents.at_once import at_once_field
from agents.connections.models import Connection
from agents.connections.sealed_secrets import ALONE, declared
from agents.connectors import connectors
from agents.connectors.base import Connector
from agents.connectors.secrets_of import Secret
from agents.permissions import AgentsPermission, ConnectionPermission
from agents.readers import ReaderField
from portal.days import DayField, end_of
from portal.editing import EditForm
from portal.naming import NameInput
from portal.people.models import Person
from portal.teams.models import Team

NEVER_SHOWN = "Stored encrypted and never shown again."


class SecretField(forms.CharField):
    """Only ever written: what was typed is not sent back, and what is stored is on no page."""

    def __init__(self, secret: Secret, *, stored: bool) -> None:
        kept = "Leave empty to keep the stored one." if stored else ""
        super().__init__(
            label=secret.title,
            max_length=10_000,
            required=secret.required and not stored,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            help_text=" ".join(part for part in (secret.help, NEVER_SHOWN, kept) if part),
        )


class ConnectionForm(EditForm):
    """Name and secrets: one is ``secret``, several are ``secret_…``. Cleaned, ``secret`` is what the verbs take."""

    name = NameInput(max_length=80, help_text="A name that people recognise.")
    most_at_once = at_once_field(
        "Calls at once",
        "Of all agents together. Empty: as many as come. More wait for a moment and are tried again.",
    )
    secret_ends_at = DayField(
        ends=True,
        label="Good until the end of",
        required=False,
        help_text="If it ends by itself: you are told two weeks before.",
    )

    def __init__(
        self,
        *args: Any,
        connector: Connector,
        stored: Sequence[tuple[Secret, bool]] | None = None,
        **kwargs: Any,
    ) -> None:
        """``stored``: which secrets are (``Connection.stored_secrets``); None: it is a new connection."""
        super().__init__(*args, **kwargs)
        self.several = bool(connector.secrets)
        secrets = [(secret, False) for secret in declared(connector)] if stored is None else stored
        if not secrets:
            del self.fields["secret_ends_at"]
        for secret, there in secrets:
            name = _name(secret)
            self.fields[name] = SecretField(secret, stored=there)
            if there and self.several and not secret.required:
                self.fields[f"{name}_gone"] = forms.BooleanField(
                    label=f"Delete the stored secret: {secret.title}", required=False
                )
        self.secret_names = [
            name for name in self.fields if name.startswith("secret") and name != "secret_ends_at"
        ]

    def secret_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.secret_names]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.several:
            return given
        typed = {name: given.pop(name, "") for name in self.secret_names}
        secret: dict[str, str | None] = {}
        for name, value in typed.items():
            if not name.endswith("_gone"):
                gone = typed.get(f"{name}_gone") and not value
                secret[name.removeprefix("secret_")] = None if gone else value
        return given | {"secret": secret}

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


def _name(secret: Secret) -> str:
    return "secret" if secret.name == ALONE else f"secret_{secret.name}"


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
        stored=connection.stored_secrets(),
    )
    settings = settings_form(connection.connector, data, connection.settings)
    form.beside = (settings,)
    return form, settings
