"""Forms about teams and who is in them."""

from django import forms

from portal.editing import EditForm
from portal.naming import NameInput
from portal.people.fields import PersonField
from portal.teams.models import Membership

ROLES = [
    (Membership.Role.MEMBER.value, "Member\nSees the team’s agents and can own agents."),
    (Membership.Role.LEAD.value, "Lead\nAlso adds and removes members."),
]


class FilterForm(forms.Form):
    q = forms.CharField(
        label="Search", required=False, widget=forms.SearchInput(attrs={"placeholder": "Name or cost centre"})
    )
    mine = forms.BooleanField(label="Only mine", required=False)


class TeamForm(EditForm):
    name = NameInput(max_length=80)
    cost_centre = NameInput(
        max_length=40, required=False, help_text="The team's agents count for this cost centre."
    )


class MemberForm(EditForm):
    person = PersonField(help_text="E-mail or full name.")
    role = forms.ChoiceField(choices=ROLES, widget=forms.RadioSelect, initial=Membership.Role.MEMBER.value)
