"""Forms about people: filters, invitation, changes, roles, the org chart's file."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms

from portal.editing import EditForm
from portal.naming import LOOKS_LIKE, NameInput
from portal.org_chart.sheet import Unreadable, decoded
from portal.people import zones
from portal.people.fields import PersonField
from portal.people.models import Person
from portal.permissions import Role
from portal.teams.models import Team

MAX_BYTES = 1_000_000
RolesField = partial(
    forms.TypedMultipleChoiceField, coerce=Role, required=False, widget=forms.CheckboxSelectMultiple
)

ROLES = [
    (
        Role.ADMIN.value,
        "Admin\nInvites and moves people, makes teams, adds shared connections, can stop everything.",
    ),
    (Role.FINANCE.value, "Finance\nSees cost by cost centre and model every four weeks, without people."),
    (Role.AUDITOR.value, "Auditor\nReads the audit log, and who looked at which report."),
]


class FilterForm(forms.Form):
    q = forms.CharField(
        label="Search", required=False, widget=forms.SearchInput(attrs={"placeholder": "Name or e-mail"})
    )
    team = forms.ModelChoiceField(Team.objects.none(), required=False, empty_label="All teams")
    role = forms.ChoiceField(choices=[("", "Any role"), *Role.choices], required=False)
    state = forms.ChoiceField(
        choices=[("", "Everybody"), ("invited", "Not joined yet"), ("left", "Left")], required=False
    )

    def __init__(self, *args: Any, manages: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.all()  # type: ignore[attr-defined]
        if not manages:
            del self.fields["state"]


class ProfileForm(EditForm):
    display_name = NameInput(label="Name", max_length=120)
    time_zone = forms.ChoiceField(help_text="Pages use this time zone.")
    SAME = "same_name"

    def __init__(self, *args: Any, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones.choices(zone)  # type: ignore[attr-defined]
        if self.SAME in self.data:
            self._ask()

    def _ask(self) -> None:
        self.fields[self.SAME] = forms.BooleanField(
            required=False, label="Yes, this is a different person and the name is right"
        )

    def add_error(self, field: str | None, error: Any) -> None:
        """A name that looks like another's asks once more: a box to tick appears."""
        super().add_error(field, error)
        if self.has_error("display_name", LOOKS_LIKE):
            self._ask()


class PersonForm(ProfileForm):
    """What an admin changes of somebody: the e-mail too, which is how they sign in."""

    email = forms.EmailField(label="E-mail", max_length=254, help_text="They use it to sign in.")
    field_order = ["display_name", "email", "time_zone"]


class InvitationForm(PersonForm):
    manager = PersonField(required=False, label="Reports to", help_text="E-mail or full name.")
    roles = RolesField(choices=ROLES, label="Roles")
    field_order = ["display_name", "email", "manager", "time_zone", "roles"]


class ManagerForm(EditForm):
    manager = PersonField(
        required=False, label="Reports to", help_text="E-mail or full name. Leave empty for nobody."
    )


class RolesForm(EditForm):
    roles = RolesField(choices=ROLES)


class LinksForm(forms.Form):
    """Who gets a link, of those who have not joined: all, until one is unticked."""

    people = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label="Who needs a link",
        help_text="Untick people who have a link already: a new link ends the old one.",
        error_messages={
            "required": "Tick at least one person.",
            "invalid_choice": "Somebody joined or left in the meantime. Check the list again.",
        },
    )

    def __init__(self, data: Any, *, shown: Sequence[Person]) -> None:
        super().__init__(data, initial={"people": [person.pk for person in shown]})
        people: Any = self.fields["people"]
        people.queryset = Person.objects.invited()
        people.choices = [(person.pk, f"{person}\n{person.email}") for person in shown]


class ChartForm(forms.Form):
    """Cleans to the file's ``text`` and a ``note`` about how it was read."""

    file = forms.FileField(label="CSV file", widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("file")
        if file and file.size > MAX_BYTES:
            self.add_error("file", "The file is larger than 1 MB. Split it, and import part by part.")
        elif file:
            try:
                self.cleaned_data["text"], self.cleaned_data["note"] = decoded(file.read())
            except Unreadable as error:
                self.add_error("file", str(error))
        return self.cleaned_data


def initial(person: Person) -> dict[str, Any]:
    return {"display_name": person.display_name, "email": person.email, "time_zone": person.time_zone}
