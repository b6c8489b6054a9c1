"""What the pages of a person's notes show."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Q

from agents.connectors.memory.capabilities import RECALL
from agents.connectors.memory.models import DreamLine, MemoryNote, NoteQuerySet
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class Remembered:
    """An agent and what it knows from earlier tasks of the person."""

    agent: Any
    notes: int
    from_others: int
    latest: Any

    @property
    def others_say(self) -> str:
        return f"{self.from_others} from others’ text"


def agents_of(person: Person) -> Any:
    """The agents that the person sees, and those that keep notes of theirs whoever sees them now."""
    agents = apps.get_model("agents", "Agent").objects
    noted = MemoryNote.objects.visible_to(person).values("agent")
    return agents.filter(Q(pk__in=agents.visible_to(person).values("pk")) | Q(pk__in=noted))


def memories(person: Person) -> list[Remembered]:
    """Agents with notes of this person, or that may keep some, by name."""
    rows = MemoryNote.objects.visible_to(person).live().order_by()
    untrusted = Q(from_others=True, own_at__isnull=True)
    counted = rows.values("agent").annotate(
        notes=Count("pk"), others=Count("pk", filter=untrusted), latest=Max("changed_at")
    )
    by_agent: dict[int, dict[str, Any]] = {row["agent"]: dict(row) for row in counted}
    able = _grants(person).values("agent")
    shown = agents_of(person).filter(Q(pk__in=by_agent) | Q(pk__in=able)).order_by("name", "pk")
    found = []
    for agent in shown:
        row = by_agent.get(agent.pk, {})
        found.append(Remembered(agent, row.get("notes", 0), row.get("others", 0), row.get("latest")))
    return found


def connections(agent: Any, person: Person) -> Any:
    """Where the agent looks notes up for this person: what they tell it is kept there."""
    granted = _grants(person).filter(agent=agent).values("connection")
    return apps.get_model("agents", "Connection").objects.filter(pk__in=granted).order_by("name", "pk")


def _grants(person: Person) -> Any:
    """Live grants to recall, of agents that the person may have work for them."""
    operable = apps.get_model("agents", "Agent").objects.operable_by(person).values("pk")
    live = apps.get_model("agents", "Grant").objects.live().for_tasks_of(person.pk)
    return live.filter(capability=RECALL.name, agent__in=operable)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line of a dream with its notes as they are now."""

    line: DreamLine
    notes: list[MemoryNote]

    @property
    def current(self) -> bool:
        """Are its notes as they were when the dream proposed it?"""
        return dict(self.line.notes) == {note.pk: note.version for note in self.notes}

    @property
    def bulk(self) -> bool:
        return self.line.bulk and self.current

    @property
    def tag(self) -> tuple[str, str]:
        """A kind of the design system and its words."""
        if not self.current:
            return "quiet", "outdated"
        if self.line.from_others:
            return "ask", "from others’ text"
        return ("allow", "trusted") if self.line.bulk else ("quiet", "choose one")

    @property
    def title(self) -> str:
        if self.line.why == DreamLine.Why.STALE:
            return "This note is out of date" if len(self.notes) == 1 else "These notes are out of date"
        return f"These notes {self.line.get_why_display()}"

    @property
    def button(self) -> str:
        if self.line.why == DreamLine.Why.STALE:
            return "Delete it" if len(self.notes) == 1 else "Delete them"
        return "Merge them" if self.line.text else "Keep one"

    @property
    def stays(self) -> int | None:
        """The note that stays of several that say the same."""
        return self.notes[0].pk if self.line.why == DreamLine.Why.DUPLICATES and not self.line.text else None


def proposals(agent: Any, person: Person) -> list[Proposal]:
    """What the latest dreams of the agent propose to the person, and nobody has decided on."""
    lines = list(DreamLine.objects.visible_to(person).open().filter(agent=agent).for_reading())
    wanted = {number for line in lines for number in line.numbers}
    known = MemoryNote.objects.visible_to(person).live().for_reading().in_bulk(wanted)
    return [Proposal(line, [known[number] for number in line.numbers if number in known]) for line in lines]


def dreamt(person: Person) -> Any:
    """Agents whose dreams wait for the person, with how many lines."""
    lines = DreamLine.objects.visible_to(person).open().order_by()
    return lines.values("agent", "agent__name").annotate(lines=Count("pk")).order_by("agent__name")


def notes_of(agent: Any, person: Person) -> NoteQuerySet:
    return MemoryNote.objects.visible_to(person).filter(agent=agent).live().for_reading()
