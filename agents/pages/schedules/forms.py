"""Forms of schedules: make and change one, filter the list."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst

from agents.connections.models import Connection
from agents.connectors.base import EventKind
from agents.queue.envelopes import read
from agents.queue.forms import PlannedForm
from agents.registry.models import Agent
from agents.schedules import describe, words
from agents.schedules.actions import LONGEST, Trigger
from agents.schedules.models import HOOK, MOST_HOURLY, Schedule, ScheduleQuerySet
from agents.schedules.times import BadLine, moments
from metering.budgets.forms import MICROS, amount, micros
from portal.days import DayField, days_from, end_of
from portal.editing import EditForm
from portal.people import zones
from portal.people.models import Person

USUAL = timedelta(days=90)
STARTS = [
    ("times", "At times\nEvery weekday at 06:00, the first Monday of a month, once on a day."),
    ("event", "When something happens\nA new message, a mention, a signed web hook."),
]
MISFIRE = [
    ("skip", "Leave it out\nThe next run comes at its usual time."),
    ("late", "Run it late\nUp to the number of minutes below. Of several missed runs only the last one."),
    ("ask", "Ask me\nYou find the question on your start page."),
]
UNCLEARED = [
    ("park", "Wait for my answer\nThe task waits, and no other run starts until then."),
    ("skip", "Go on without\nNo answer means no; the task goes on with the rest."),
    ("fail", "End the task\nWhat it did by then stays done."),
]


class ScheduleForm(PlannedForm, EditForm):
    """Of ``schedule``, or of a new one. ``when`` is words or a cron line."""

    starts = forms.ChoiceField(label="It starts", choices=STARTS, widget=forms.RadioSelect)
    when = forms.CharField(
        required=False,
        max_length=200,
        label="Times",
        help_text=f"In words, like “{words.EXAMPLES[0]}” or “{words.EXAMPLES[3]}”, or as a cron line (0 6 * * 1-5).",
        widget=forms.TextInput(attrs={"list": "times", "autocomplete": "off"}),
    )
    zone = forms.ChoiceField(label="Time zone of these times")
    event = forms.ChoiceField(required=False, label="Event")
    place = forms.CharField(
        required=False,
        max_length=200,
        label="Folder",
        help_text="For messages: which folder. INBOX if empty.",
    )
    hourly = forms.IntegerField(
        min_value=1,
        max_value=MOST_HOURLY,
        label="Runs an hour, at most",
        help_text="What happens in between goes to the next run, all of it together.",
    )
    ends_at = DayField(
        ends=True,
        label="Until the end of",
        help_text="Every schedule ends, in a year at the latest. You can extend it.",
        error_messages={"required": "Choose the day on which it ends."},
    )
    run_micros = amount("At most for one run, in {}", help_text="The task stops before it would cost more.")
    month_micros = amount(
        "At most in a month, in {}", help_text="When it is spent, the schedule pauses and you are told."
    )
    misfire = forms.ChoiceField(
        label="If the portal was not running at the time", choices=MISFIRE, widget=forms.RadioSelect
    )
    late_minutes = forms.IntegerField(min_value=1, max_value=1_440, label="Minutes late, at most")
    uncleared = forms.ChoiceField(
        label="If it has to ask and nobody is there", choices=UNCLEARED, widget=forms.RadioSelect
    )

    def __init__(
        self,
        agent: Agent,
        person: Person,
        data: QueryDict | None = None,
        *,
        schedule: Schedule | None = None,
        instruction: str = "",
    ) -> None:
        chosen = None if schedule is None else frozenset((name, place) for name, place in schedule.envelope)
        super().__init__(
            agent, person, data, instruction=schedule.instruction if schedule else instruction, chosen=chosen
        )
        self.fields["instruction"].help_text = "Addresses and labels you type here count as approved."
        zone = schedule.zone if schedule else zones.current()
        self.fields["zone"].choices = zones.choices(zone)  # type: ignore[attr-defined]
        self.events = _events(agent, person)
        self.fields["event"].choices = _event_choices(self.events)  # type: ignore[attr-defined]
        for name, value in days_from(timezone.localdate(), LONGEST.days - 1).items():
            self.fields["ends_at"].widget.attrs[name] = value
        self.initial.update(_stored(schedule) if schedule else _usual(agent))
        ticked = [choice.key for choice in self.held if choice.pair in self.chosen]
        self.initial.update({"zone": zone, "envelope": ticked})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.trigger: Trigger | None = None
        if given.get("starts") == "event":
            if not given.get("event"):
                self.add_error("event", "Choose what it waits for.")
            else:
                self.trigger = self._on_event(given)
        elif given.get("starts") == "times":
            try:
                self.trigger = at_times(given.get("when", ""), given.get("zone", "UTC"))
            except BadLine as error:
                self.add_error("when", str(error))
        return given

    def _on_event(self, given: dict[str, Any]) -> Trigger:
        hourly = given.get("hourly") or 1
        if given["event"] == HOOK:
            return Trigger(event=HOOK, hourly=hourly)
        connection, kind = self.events[given["event"]]
        place = (given.get("place") or kind.usual) if kind.argument else ""
        return Trigger(event=kind.name, connection=connection, place=place, hourly=hourly)

    def given(self) -> dict[str, Any]:
        """As ``actions.make`` and ``actions.edit`` take it."""
        said = self.cleaned_data
        assert self.trigger is not None
        return {
            "instruction": said["instruction"],
            "envelope": read(said["envelope"]),
            "trigger": self.trigger,
            "zone": said["zone"],
            "ends_at": end_of(said["ends_at"]),
            "run_micros": micros(said["run_micros"]),
            "month_micros": micros(said["month_micros"]),
            "misfire": said["misfire"],
            "late_minutes": said["late_minutes"],
            "uncleared": said["uncleared"],
        }


def at_times(text: str, zone: str) -> Trigger:
    """Words or a cron line. Raises BadLine."""
    if not text.strip():
        raise BadLine("Write when it runs.")
    when = words.read(text)
    if isinstance(when, words.Cron):
        return Trigger(line=when.line)
    return Trigger(once_at=moments(when.at, ZoneInfo(zone))[0])


def _events(agent: Agent, person: Person) -> dict[str, tuple[Connection, EventKind]]:
    """What connections on which the agent holds a grant can tell of, by the key of the choice."""
    places = agent.places().active().usable_by(person.pk).distinct().order_by("name", "pk")
    return {f"{kind.name}@{place.pk}": (place, kind) for place in places for kind in place.connector.events}


def _event_choices(events: dict[str, tuple[Connection, EventKind]]) -> list[tuple[str, str]]:
    found = [(key, f"{capfirst(kind.title)} in {place}") for key, (place, kind) in events.items()]
    return [("", "Choose an event"), *found, (HOOK, "A signed web hook from another program")]


def _usual(agent: Agent) -> dict[str, Any]:
    run = Decimal(agent.max_cost_micros) / MICROS
    return {
        "starts": "times",
        "when": words.EXAMPLES[0],
        "hourly": 4,
        "ends_at": timezone.localdate() + USUAL,
        "run_micros": run.quantize(Decimal("0.01")),
        "month_micros": (run * 25).quantize(Decimal("0.01")),
        "misfire": "skip",
        "late_minutes": 60,
        "uncleared": "park",
    }


def _stored(schedule: Schedule) -> dict[str, Any]:
    event = schedule.event if schedule.by_hook else f"{schedule.event}@{schedule.connection_id}"
    on_event = schedule.kind == Schedule.Kind.EVENT
    return {
        "starts": "event" if on_event else "times",
        "when": "" if on_event else _when(schedule),
        "event": event if on_event else "",
        "place": schedule.place,
        "hourly": schedule.hourly,
        "ends_at": schedule.ends_at,
        "run_micros": Decimal(schedule.run_micros) / MICROS,
        "month_micros": Decimal(schedule.month_micros) / MICROS,
        "misfire": schedule.misfire,
        "late_minutes": schedule.late_minutes,
        "uncleared": schedule.uncleared,
    }


def _when(schedule: Schedule) -> str:
    """Words where they read back as the same line; else the line."""
    said = describe.when(schedule)
    try:
        same = words.read(said)
    except BadLine:
        return schedule.line
    return schedule.line if isinstance(same, words.Cron) and same.line != schedule.line else said


class PreviewForm(forms.Form):
    """What is typed so far about times."""

    when = forms.CharField(required=False, max_length=200)
    zone = forms.CharField(required=False, max_length=64)

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if zone not in zones.known():
            raise ValidationError("There is no such time zone.")
        return zone


class ScheduleFilter(forms.Form):
    """``agent`` comes with a link from an agent's page."""

    state = forms.ChoiceField(required=False, choices=[("", "All but ended"), *Schedule.State.choices])
    agent = forms.ModelChoiceField(Agent.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, person: Person, *args: Any) -> None:
        super().__init__(*args)
        self.fields["agent"].queryset = Agent.objects.visible_to(person)  # type: ignore[attr-defined]

    def among(self, schedules: ScheduleQuerySet) -> ScheduleQuerySet:
        wanted = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if agent := wanted.get("agent"):
            schedules = schedules.filter(agent=agent)
        return schedules.filter(state=wanted["state"]) if wanted.get("state") else schedules.living()
