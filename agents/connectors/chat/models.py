"""ChatMessage: what an agent posted to a person or a team inside the portal."""

from django.conf import settings
from django.db import models

from portal.people.models import Person
from portal.teams.models import Team
from portal.validation import one_of


class ChatMessageQuerySet(models.QuerySet["ChatMessage"]):
    def visible_to(self, person: Person) -> "ChatMessageQuerySet":
        """Posted to the person, to one of their teams, or on their behalf."""
        return self.filter(
            models.Q(to_person=person)
            | models.Q(to_team__in=Team.objects.of(person).values("pk"))
            | models.Q(on_behalf_of=person)
        )

    def for_lists(self) -> "ChatMessageQuerySet":
        return self.select_related("agent", "on_behalf_of", "to_person", "to_team")


class ChatMessage(models.Model):
    """``key`` is the call's idempotency key: a call that is repeated finds its message."""

    key = models.UUIDField(unique=True, editable=False)
    agent = models.ForeignKey("agents.Agent", models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    task_number = models.BigIntegerField()
    connection = models.ForeignKey("agents.Connection", models.PROTECT, related_name="+")
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="chat_messages"
    )
    to_team = models.ForeignKey("portal.Team", models.PROTECT, null=True, related_name="chat_messages")
    text = models.TextField(max_length=4_000)
    posted_at = models.DateTimeField(auto_now_add=True)

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        db_table = "agents_chatmessage"  # where data folders have it
        ordering = ["-id"]
        default_permissions = ()
        constraints = [one_of("to_person", "to_team", name="chat_message_has_one_reader")]

    def __str__(self) -> str:
        return f"a message to {self.to_person or self.to_team}"
