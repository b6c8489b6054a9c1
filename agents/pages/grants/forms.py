"""Forms of grants: choose a connection, request capabilities, decide on a request, filter."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.connections.models import Connection
from agents.connectors import capability_title
from agents.grants.models import Grant, GrantQuerySet, GrantRequest
from agents.grants.terms import Terms
from agents.pages.grants.parts import CapabilityForm
from agents.registry.models import Agent
from portal.days import EndField, end_of, in_words
from portal.editing import EditForm
from portal.people import zones

USUAL_DAYS = 7


class ConnectionForm(forms.Form):
    """Which connection; a GET form, so that the page it leads to has an address."""

    connection = forms.ModelChoiceField(Connection.objects.none(), empty_label="Choose a connection")

    def __init__(self, data: Mapping[str, Any] | None, connections: Any) -> None:
        super().__init__(data)
        self.fields["connection"].queryset = connections  # type: ignore[attr-defined]

    def chosen(self) -> Connection | None:
        """What was chosen; where there is only one, that one."""
        if self.is_bound:
            self.is_valid()
            return self.cleaned_data.get("connection")
        few: list[Connection] = list(self.fields["connection"].queryset[:2])  # type: ignore[attr-defined]
        self.initial["connection"] = only = few[0] if len(few) == 1 else None
        return only


class _TermsForm(forms.Form):
    """What a request and a decision share: an end, and a form for each capability (``parts``)."""

    until = EndField("the grant")
    parts: list[CapabilityForm]
    untouched = "Tick at least one capability."

    def is_valid(self) -> bool:
        """Parts that are not ticked may hold anything; it is kept, and not looked at."""
        whole = super().is_valid()
        wrong = [part for part in self.wanted() if not part.is_valid()]
        return whole and not wrong

    def clean(self) -> dict[str, Any]:
        if not self.wanted():
            raise ValidationError(self.untouched)
        return self.cleaned_data

    def wanted(self) -> list[CapabilityForm]:
        return [part for part in self.parts if part.chosen]

    @property
    def longest_days(self) -> int:
        """The smallest of what the ticked capabilities allow (of all, when none is ticked)."""
        return min((part.capability.max_days for part in self.wanted() or self.parts), default=0)

    @property
    def last_day(self) -> date:
        return timezone.localdate() + timedelta(days=self.longest_days)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < timezone.localdate():
            raise ValidationError("The end must not be in the past.")
        if until > self.last_day:
            day = in_words(self.last_day)
            raise ValidationError(f"What is ticked can be granted for {self.longest_days} days, until {day}.")
        return until

    def ends_at(self) -> datetime:
        return end_of(self.cleaned_data["until"])

    @property
    def says(self) -> str:
        """``these 3 capabilities until 30 November 2026``, as the form is now, or nothing."""
        number = len(self.wanted())
        if not number or "until" in self.errors:
            return ""
        until = self.cleaned_data["until"] if self.is_bound else self["until"].initial
        what = "this one capability" if number == 1 else f"these {number} capabilities"
        until = timezone.localdate(until) if isinstance(until, datetime) else until
        return f"{what} until {in_words(until)}"


class _AskingForm(_TermsForm):
    """What a first request and a renewal share."""

    def given(self) -> dict[str, Any]:
        """As ``actions.request`` takes it; call after ``is_valid``."""
        wanted = {part.capability.name: part.terms() for part in self.wanted()}
        return {"wanted": wanted, "ends_at": self.ends_at(), "why": self.cleaned_data["why"]}


class RequestForm(_AskingForm):
    """Ask for capabilities of one connection."""

    why = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The admin who decides reads this. What will the agent do with it?",
        error_messages={"required": "Say why in a sentence. The admin knows nothing else about it."},
    )
    zone = forms.ChoiceField(
        label="Time zone of the hours",
        required=False,
        help_text="Only for hours that you chose above.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        connection: Connection,
        held: Mapping[str, Grant],
        ticked: Collection[str] = (),
    ) -> None:
        here = zones.current()
        super().__init__(data, initial={"zone": here})
        self.fields["zone"].choices = zones.choices(here)  # type: ignore[attr-defined]
        chosen = str((data or self.initial).get("zone", ""))
        zone = chosen if chosen in zones.known() else here
        self.parts = [
            CapabilityForm(data, capability, held=held.get(capability.name), zone=zone)
            for capability in connection.connector.capabilities
        ]
        for part in self.parts:
            if part.capability.name in ticked and part.held is None:
                part.initial["wanted"] = True
        self.fields["until"].help_text = f"{self._longest()} at most."

    def _longest(self) -> str:
        days = sorted({part.capability.max_days for part in self.parts})
        return f"{days[0]} days" if len(days) == 1 else f"{days[0]} to {days[-1]} days, by what you tick,"


class RenewalForm(_AskingForm):
    """Ask for what was used once more, on the same terms or narrower ones."""

    untouched = "Tick at least one capability, or let all grants end."

    why = forms.CharField(
        label="Why it is still needed",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why it is still needed, in a sentence."},
    )

    def __init__(self, data: Mapping[str, Any] | None, used: list[Grant]) -> None:
        pairs = [(grant, grant.declared) for grant in used]
        self.parts = [CapabilityForm(data, one, asked=grant, renews=True) for grant, one in pairs if one]
        super().__init__(data, initial={"until": timezone.localdate() + timedelta(days=self._usual(used))})
        self.fields["until"].help_text = f"{self.longest_days} days from today at most."

    def _usual(self, used: list[Grant]) -> int:
        """As long as it was granted for the last time, where that may be."""
        lengths = [(grant.ends_at - grant.decided_at).days for grant in used if grant.decided_at]
        longest = min((part.capability.max_days for part in self.parts), default=USUAL_DAYS)
        return max(1, min(max(lengths, default=USUAL_DAYS), longest))


class DecisionForm(_TermsForm, EditForm):
    """Decide on a request: grant what stays ticked, as asked for or narrower, to the agent as it was shown."""

    untouched = "Tick at least one capability, or decline."
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The person who requested this reads it. It is kept with the grants.",
    )  # fmt: skip

    trial = forms.BooleanField(
        label="Start with a trial run here",
        required=False,
        help_text="This agent acts for real elsewhere. If you do not tick this, it acts for real here at once.",
    )

    def __init__(self, data: Mapping[str, Any] | None, asked: GrantRequest) -> None:
        waiting = [(grant, grant.declared) for grant in asked.waiting]
        self.last_asked = max(grant.ends_at for grant, _ in waiting)
        super().__init__(data, initial={"until": self.last_asked})
        self.parts = [CapabilityForm(data, declared, asked=grant) for grant, declared in waiting if declared]
        self.fields["until"].help_text = f"Requested: {in_words(self._asked_day)}. You can shorten it."
        self.gone = [grant for grant, declared in waiting if not declared]
        self.asked, self.beside = asked, self.parts
        live = asked.agent.mode == Agent.Mode.LIVE
        if not live or asked.connection_id in asked.agent.lives_on():
            del self.fields["trial"]

    @property
    def _asked_day(self) -> date:
        """The day on which what was asked for ends, where the reader is."""
        return timezone.localdate(self.last_asked)

    @property
    def last_day(self) -> date:
        return min(self._asked_day, super().last_day)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until > self._asked_day:
            raise ValidationError("You can shorten what was requested, not lengthen it.")
        # The day of who asked may be another here: left as it was drawn it means the moment that was asked for.
        return until if until == self._asked_day else super().clean_until()

    def ends_at(self) -> datetime:
        if self.cleaned_data["until"] == self._asked_day:
            return self.last_asked
        return min(super().ends_at(), self.last_asked)

    def shown(self) -> dict[str, str]:
        agent = self.asked.agent
        said = {"Name": agent.name, "Purpose": agent.purpose, "Owner": str(agent.owner), "Model": agent.model}
        said["Mode"], said["Acts for real elsewhere"] = agent.mode, "yes" if "trial" in self.fields else "no"
        return said | {part.capability.title: part.asked_for for part in self.parts}

    def terms(self) -> dict[int, Terms]:
        return {part.asked.pk: part.terms() for part in self.wanted() if part.asked}


class RevocationForm(forms.Form):
    """``back``: the list from which a grant was revoked with one click."""

    why = forms.CharField(required=False, max_length=500, help_text="Kept with the grant.")
    back = forms.ChoiceField(
        choices=[("", ""), ("on", "on"), ("of", "of"), ("inbox", "inbox"), ("connection", "connection")],
        required=False,
        widget=forms.HiddenInput,
    )


class ReviewFilter(forms.Form):
    """What the review of a connection shows."""

    capability = forms.ChoiceField(required=False, label="Who can")

    def __init__(self, data: Mapping[str, Any], *, counts: Mapping[str, int]) -> None:
        super().__init__(data)
        choices = [(name, f"{capability_title(name)} ({number})") for name, number in counts.items()]
        self.fields["capability"].choices = [("", "use it at all"), *choices]  # type: ignore[attr-defined]

    def apply(self, rows: GrantQuerySet) -> GrantQuerySet:
        self.is_valid()
        name = self.cleaned_data.get("capability")
        return rows.filter(capability=name) if name else rows


class GrantFilter(forms.Form):
    """What the list of all grants shows."""

    STATES = [
        ("", "Any"),
        ("live", "Active"),
        ("denied", "Declined"),
        *[choice for choice in Grant.State.choices if choice[0] not in {"active", "denied"}],
    ]

    agent = forms.CharField(required=False, widget=forms.SearchInput, max_length=80)
    connection = forms.CharField(required=False, widget=forms.SearchInput, max_length=80)
    state = forms.ChoiceField(choices=STATES, required=False)

    def apply(self, rows: Any) -> Any:
        """``rows`` narrowed to what the valid fields say."""
        self.is_valid()
        said = self.cleaned_data
        if said.get("agent"):
            rows = rows.filter(agent__name__icontains=said["agent"])
        if said.get("connection"):
            rows = rows.filter(connection__name__icontains=said["connection"])
        if said.get("state") == "live":
            return rows.live()
        return rows.filter(state=said["state"]) if said.get("state") else rows

    @property
    def filtered(self) -> bool:
        return any(self.cleaned_data.values())
