"""Forms of work items: which colleague is asked, why something was undone."""

from django import forms

from metering.outcomes.claims import LONGEST_NOTE
from portal.people.fields import PersonField


class ColleagueForm(forms.Form):
    colleague = PersonField(
        label="Colleague", help_text="E-mail or full name. You cannot confirm your own work."
    )


class ReversalForm(forms.Form):
    note = forms.CharField(
        label="What happened",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For example rolled back or reopened. Both of you can read this.",
    )
