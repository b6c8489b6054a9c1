"""MemoryNote: what an agent keeps between tasks, and from where. DreamLine: a change to notes that a dream proposes."""

from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import models
from django.db.models.functions import Now

from agents.connectors.memory.capabilities import CONTRADICTION, DUPLICATES, LINE_DAYS, LONGEST, STALE
from agents.policy.results import Writer
from portal.people.models import Person
from portal.validation import within

TAGS = {
    Writer.PERSON: ("allow", "your words"),
    Writer.AGENT: ("quiet", "the agent’s"),
    Writer.OTHERS: ("ask", "from others’ text"),
}
WORDS = "simple"  # notes are in any language: no stems


Row = TypeVar("Row", bound=models.Model)


class OwnQuerySet(models.QuerySet[Row]):
    """Rows of one ``person`` and ``agent``, kept on a ``connection``."""

    def visible_to(self, person: Person) -> Self:
        """Those of the person's own tasks. Nobody else sees them, the agent's owner neither."""
        return self.filter(person=person)

    def of(self, connection: int, agent: int, person: int) -> Self:
        """What this agent has kept there for this person."""
        return self.filter(connection=connection, agent=agent, person=person)

    def for_reading(self) -> Self:
        return self.select_related("agent", "connection")


class NoteQuerySet(OwnQuerySet["MemoryNote"]):
    def live(self) -> "NoteQuerySet":
        """By the database's clock."""
        return self.filter(expires_at__gt=Now())

    def ended(self) -> "NoteQuerySet":
        return self.filter(expires_at__lte=Now())

    def trusted(self) -> "NoteQuerySet":
        return self.filter(models.Q(from_others=False) | models.Q(own_at__isnull=False))

    def about(self, words: str) -> "NoteQuerySet":
        """With any of these words, the most fitting first; without words the person's own first, then the latest."""
        if not words.strip():
            return self.order_by(models.F("own_at").desc(nulls_last=True), "-changed_at", "-pk")
        each = [SearchQuery(word, config=WORDS, search_type="plain") for word in words.split()[:20]]
        query = reduce(or_, each)
        ranked = self.annotate(vector=SearchVector("text", config=WORDS)).filter(vector=query)
        rank = SearchRank(models.F("vector"), query)
        return ranked.annotate(rank=rank).order_by("-rank", "-changed_at", "-pk")


class MemoryNote(models.Model):
    """``key`` is the call's: a call that is repeated finds its note. A person's own note has neither key nor task.

    ``from_others`` is for good: an edit or a summary of it does not take it away. ``own_at``: since when its person has
    said that exactly this text is their own words; an edit ends that.
    """

    key = models.UUIDField(unique=True, null=True, editable=False)
    agent = models.ForeignKey("agents.Agent", models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent_notes")
    connection = models.ForeignKey("agents.Connection", models.PROTECT, related_name="+")
    task_number = models.BigIntegerField(null=True)
    text = models.TextField(max_length=LONGEST)
    from_others = models.BooleanField()
    # What of others' its task had read: a list of [what the calls did, their numbers].
    sources = models.JSONField(default=list, blank=True)
    own_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(db_default=1)
    written_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    objects = NoteQuerySet.as_manager()

    class Meta:
        db_table = "memory_note"
        ordering = ["-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["agent", "person", "connection"], name="memory_note_whose")]
        constraints = [within("version", 1, 1_000_000)]

    def __str__(self) -> str:
        return f"a note of {self.agent}"

    @property
    def writer(self) -> Writer:
        if self.own_at is not None:
            return Writer.PERSON
        return Writer.OTHERS if self.from_others else Writer.AGENT

    @property
    def trusted(self) -> bool:
        return self.writer is not Writer.OTHERS

    @property
    def tag(self) -> tuple[str, str]:
        """A kind of the design system and its words."""
        return TAGS[self.writer]

    def origins(self) -> Iterator[tuple[str, list[int]]]:
        """What its task had read, in words, with the calls that can be opened."""
        found: list[Any] = self.sources
        for title, calls in found:
            yield title, [call for call in calls if call]


class LineQuerySet(OwnQuerySet["DreamLine"]):
    def open(self) -> "LineQuerySet":
        return self.filter(state=DreamLine.State.OPEN)

    def ended(self) -> "LineQuerySet":
        return self.filter(proposed_at__lte=Now() - timedelta(days=LINE_DAYS))


class DreamLine(models.Model):
    """One line of a dream: a proposal of one task, which changes nothing until its person accepts it.

    ``notes``: a list of [note, its version then]. ``from_others``: may others have had a say in this proposal?
    """

    class Why(models.TextChoices):
        DUPLICATES = DUPLICATES, "say the same"
        STALE = STALE, "out of date"
        CONTRADICTION = CONTRADICTION, "contradict each other"

    class State(models.TextChoices):
        OPEN = "open", "waits for you"
        ACCEPTED = "accepted", "accepted"
        DECLINED = "declined", "declined"
        REPLACED = "replaced", "replaced by a later dream"

    key = models.UUIDField(unique=True, editable=False)
    agent = models.ForeignKey("agents.Agent", models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="dream_lines")
    connection = models.ForeignKey("agents.Connection", models.PROTECT, related_name="+")
    task_number = models.BigIntegerField()
    why = models.CharField(max_length=20, choices=Why)
    notes = models.JSONField()
    text = models.TextField(max_length=LONGEST, blank=True)
    from_others = models.BooleanField()
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    proposed_at = models.DateTimeField(db_default=Now())

    objects = LineQuerySet.as_manager()

    class Meta:
        db_table = "memory_line"
        ordering = ["id"]
        default_permissions = ()
        indexes = [models.Index(fields=["person", "agent", "state"], name="memory_line_whose")]

    def __str__(self) -> str:
        return f"a line of a dream of {self.agent}"

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.notes]

    @property
    def bulk(self) -> bool:
        """May it be accepted together with others? What others had a say in, and what has to be chosen, may not."""
        return not self.from_others and self.why != self.Why.CONTRADICTION
