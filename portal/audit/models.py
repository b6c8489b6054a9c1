"""The trail: one entry for each action and each decision. PostgreSQL refuses to change or remove one."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast

from portal.audit.sentences import sentence
from portal.people.models import Person
from portal.reasons import OTHERS, reason, render_reason

PORTAL = "Agent Portal"  # the actor when no person and no agent acted: the sweep, the sample company
UNSHOWN = "not shown: words of a model"
WHY = ("why", "reason", "purpose", "note")  # the details in which an entry says why
ACTED = "acted"  # the detail that says what acted, with its number, where that was no person


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, target: models.Model) -> "EntryQuerySet":
        """The entries of one row, oldest first: its timeline."""
        return self.filter(target_type=target._meta.model_name, target_id=target.pk).order_by("id")

    def matching(
        self,
        *,
        words: str = "",
        who: str = "",
        event: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> "EntryQuerySet":
        """The page's filters: ``who`` acted, ``words`` stand in a name or the details, [since, until)."""
        found = self
        if words:
            found = found.annotate(text=Cast("details", models.TextField())).filter(
                models.Q(target_name__icontains=words)
                | models.Q(actor_name__icontains=words)
                | models.Q(text__icontains=words)
            )
        if who:
            people = Person.objects.search(who).values("pk")
            found = found.filter(models.Q(actor__in=people) | models.Q(actor_name__icontains=who))
        if event:
            found = found.filter(event=event)
        if since:
            found = found.filter(at__gte=since)
        return found.filter(at__lt=until) if until else found

    def around(
        self, before: int | None, after: int | None, size: int
    ) -> tuple[list["Entry"], int | None, int | None]:
        """A page by id, newest first, and the ids to ask for older and for newer ones with (None: there are none)."""
        if after is not None:
            rows = list(self.filter(id__gt=after).order_by("id")[: size + 1])
            page = rows[:size][::-1]
            older, newer = True, len(rows) > size
        else:
            found = self if before is None else self.filter(id__lt=before)
            rows = list(found.order_by("-id")[: size + 1])
            page = rows[:size]
            older, newer = len(rows) > size, before is not None
        if not page:
            return [], None, None
        return page, page[-1].id if older else None, page[0].id if newer else None

    def since(self, last_id: int) -> "EntryQuerySet":
        return self.filter(id__gt=last_id).order_by("id")


class Entry(models.Model):
    """One line of the audit trail. Names are copied. The database computes ``digest`` (see ``seals``)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=models.functions.Now(), editable=False)
    event = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=200)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_name = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    digest = models.BinaryField(default=b"", editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["target_type", "target_id", "id"], name="entry_target"),
            models.Index(fields=["actor", "id"], name="entry_actor"),
            models.Index(fields=["event", "id"], name="entry_event"),
            models.Index(fields=["at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return sentence(self.event, self.actor_name, self.target_name, self.details, whose=self._own)

    def told(self, reader: Person) -> str:
        """The sentence for somebody who may be in it: ``You accepted the invitation``."""
        actor, theirs = ("You", "yours") if self.actor_id == reader.pk else (self.actor_name, "theirs")
        about = (self.target_type, self.target_id) == ("person", reader.pk)
        target, whose = ("you", "your") if about else (self.target_name, self._own)
        return sentence(self.event, actor, target, self.details, whose=whose, theirs=theirs)

    @property
    def _own(self) -> str:
        own = self.actor_id is not None and (self.target_type, self.target_id) == ("person", self.actor_id)
        return "their own" if own else ""

    @property
    def why(self) -> str:
        """The reason in words: the portal's own, or what a person wrote, in quotes."""
        found = next((self.shown[name] for name in WHY if self.shown.get(name)), "")
        return (
            f"“{found}”"
            if isinstance(found, str) and found not in ("", UNSHOWN)
            else render_reason(found, OTHERS)
        )

    @property
    def who(self) -> str:
        """The actor as nobody else can be called: with number and e-mail, the number alone once they were erased."""
        if self.actor is not None:
            return f"{self.actor_name} ({self.actor.mark})"
        if self.actor_name == PORTAL:
            return f"{PORTAL} (the portal itself)"
        return f"{self.actor_name} ({self.details.get(ACTED, 'no person')})"

    @property
    def shown(self) -> dict[str, Any]:
        """The details without a model's words, which old entries have for a reason. The records hold all of it."""
        before = isinstance(self.details.get("reason"), str)
        return {**self.details, "reason": UNSHOWN} if before else self.details

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The details that read in one line: short, and neither nested nor a digest."""
        facts = []
        for name, value in self.shown.items():
            if name == ACTED:  # stands beside the actor
                continue
            if isinstance(value, bool):
                value = "yes" if value else "no"
            if reason(value):
                facts.append((name.replace("_", " "), render_reason(value, OTHERS)))
                continue
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            readable = 0 < len(text) <= 120 and (len(text) <= 48 or " " in text)
            if readable and value is not None and not isinstance(value, dict):
                facts.append((name.replace("_", " "), text))
        return facts

    @property
    def details_text(self) -> str:
        return json.dumps(self.shown, indent=2, ensure_ascii=False, sort_keys=True)

    @property
    def digest_hex(self) -> str:
        return bytes(self.digest).hex()
