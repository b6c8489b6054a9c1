"""Forms of budgets: set one, raise it for a while. Amounts are the ledger's currency, in tables millionths."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy

from metering.budgets import permissions
from metering.budgets.actions import LONGEST_RAISE
from metering.budgets.models import Budget
from metering.budgets.permissions import About
from metering.budgets.words import about
from portal.days import DayField, days_from, end_of
from portal.people.models import Person
from portal.words import currency

MICROS = 1_000_000
HEADINGS = {"organisation": "Company", "cost_centre": "Cost centres", "team": "Teams", "agent": "Agents"}
KINDS = [
    (
        "hard",
        "Stop agents\nModel calls beyond the limit are refused. Tasks wait for the next period.",
    ),
    (
        "soft",
        "Only notify\nThe people who manage the budget are notified once per period. Agents keep working.",
    ),
]


def amount(label: str, **more: Any) -> forms.DecimalField:
    """In the ledger's currency, whose name stands in ``label`` at ``{}``."""
    limits: dict[str, Any] = {
        "min_value": Decimal("0.01"),
        "max_value": Decimal(1_000_000_000),
        "decimal_places": 2,
    }
    return forms.DecimalField(label=format_lazy(label, lazy(currency, str)()), **(limits | more))


def micros(given: Decimal) -> int:
    return int(given * MICROS)


class BudgetForm(forms.Form):
    about = forms.ChoiceField(label="For what")
    limit = amount("Limit in {}")
    span = forms.ChoiceField(
        label="In each",
        choices=[choice for choice in Budget.Span.choices if choice[0] != "whole"],
        initial="month",
        help_text="Days, weeks (from Monday) and months begin at midnight UTC. Earlier usage does not count.",
    )
    kind = forms.ChoiceField(
        label="When it is reached", choices=KINDS, widget=forms.RadioSelect, initial="hard"
    )
    refuses_unpriced = forms.BooleanField(
        required=False,
        label="Refuse models without a known price",
        help_text="We do not know their price, so the limit cannot stop them.",
    )

    def __init__(self, person: Person, data: Any = None, *, wanted: str = "") -> None:
        super().__init__(data, initial={"about": wanted})
        self.known = {choice.key: choice for choice in permissions.choices(person)}
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, one in self.known.items():
            name = about(one.scope, one.name)
            groups.setdefault(HEADINGS[one.scope], []).append((key, name[:1].upper() + name[1:]))
        choices = [("", "Choose"), *groups.items()]
        self.fields["about"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> About:
        return self.known[self.cleaned_data["about"]]

    def given(self) -> dict[str, Any]:
        """As ``actions.set_budget`` takes it."""
        said = self.cleaned_data
        return {
            "span": said["span"],
            "limit_micros": micros(said["limit"]),
            "hard": said["kind"] == "hard",
            "refuses_unpriced": said["refuses_unpriced"],
        }


class RaiseForm(forms.Form):
    more = amount("How much more, in {}", help_text="Added to the limit in each period.")
    until = DayField(
        ends=True,
        label="Until and including",
        help_text=f"At most {LONGEST_RAISE.days} days from now. Then the old limit applies again.",
    )
    why = forms.CharField(max_length=200, label="Why", help_text="Everybody who sees this budget reads it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["until"].initial = today + timedelta(days=7)
        self.fields["until"].widget.attrs.update(days_from(today, LONGEST_RAISE.days))

    def given(self) -> dict[str, Any]:
        """As ``actions.raise_budget`` takes it."""
        said = self.cleaned_data
        return {"micros": micros(said["more"]), "until": end_of(said["until"]), "why": said["why"]}
