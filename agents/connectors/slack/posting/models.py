"""Workspace: who the app is there. Reply: a line to post. AskMessage: a question in Slack. NoticeMessage, NoticeLine:
notices there. TaskThread: who waits where.
"""

from datetime import timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models.functions import Now

from agents.connectors.desk import Question
from portal.validation import within

MOST_TRIES = 1_000
KEPT = timedelta(days=30)


class Workspace(models.Model):
    """What the bot's token says about itself: the workspace and the app's account there."""

    connection = models.OneToOneField("agents.Connection", models.CASCADE, related_name="+")
    team = models.CharField(max_length=40)
    app = models.CharField(max_length=40)
    token_digest = models.CharField(max_length=64)  # for another token it is asked again

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"workspace {self.team}"


Row = TypeVar("Row", bound=models.Model)


class SentQuerySet(models.QuerySet[Row]):
    def due(self) -> Self:
        return self.filter(due_at__lte=Now())


class ReplyQuerySet(SentQuerySet["Reply"]):
    pass


class AskMessageQuerySet(SentQuerySet["AskMessage"]):
    pass


class Sent(models.Model):
    """``due_at``: when a worker may look at it next; null when there is nothing to do. ``key`` is in what is posted."""

    connection = models.ForeignKey("agents.Connection", models.CASCADE, related_name="+")
    channel = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    ts = models.CharField(max_length=40, blank=True)  # once it is there
    due_at = models.DateTimeField(null=True, db_default=Now())
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
        default_permissions = ()


class Reply(Sent):
    """A line for a channel, a thread or, with ``account``, for one person's eyes. It goes when it is posted."""

    thread = models.CharField(max_length=40, blank=True)
    account = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=3_000)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["connection", "key"], name="slack_reply_once"),
            within("tries", 0, MOST_TRIES),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="slack_reply_due", condition=models.Q(due_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"reply {self.key}"


class AskMessage(Sent):
    """One question shown to one linked person. ``kind`` and ``ask``: which (:class:`Question`).

    ``digest``: what was shown, which an answer is to.

    ``wish``: how it is to look while it is open; ``look``: how it looks.
    """

    class Look(models.TextChoices):
        NONE = "", "not there"
        TEASER = "teaser", "without its words"
        WHOLE = "whole", "whole, with buttons"
        CLOSED = "closed", "what became of it"

    link = models.ForeignKey("slack.Link", models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, default="ask")
    ask = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    wish = models.CharField(max_length=8, choices=Look.choices, default=Look.TEASER)
    look = models.CharField(max_length=8, choices=Look.choices, default=Look.NONE, blank=True)

    objects = AskMessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["connection", "key"], name="slack_ask_once"),
            within("tries", 0, MOST_TRIES),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="slack_ask_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["connection", "channel", "ts"], name="slack_ask_message"),
            models.Index(
                fields=["look"], name="slack_ask_open", condition=models.Q(look__in=["teaser", "whole"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ask} in Slack"

    @property
    def question(self) -> Question:
        return Question(self.kind, self.ask)


class NoticeMessageQuerySet(SentQuerySet["NoticeMessage"]):
    pass


class NoticeMessage(Sent):
    """One message with a line for each of some notices. Without ``ts`` nobody knows yet whether it is there."""

    link = models.ForeignKey("slack.Link", models.CASCADE, related_name="+")

    objects = NoticeMessageQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["connection", "key"], name="slack_notices_once"),
            within("tries", 0, MOST_TRIES),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="slack_notices_due", condition=models.Q(due_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"notices {self.key}"


class NoticeLine(models.Model):
    """``settled``: does it say that its matter is settled?"""

    message = models.ForeignKey(NoticeMessage, models.CASCADE, related_name="lines")
    notice = models.OneToOneField("portal.Notice", models.CASCADE, related_name="+")
    settled = models.BooleanField(default=False)

    class Meta:
        ordering = ["notice_id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["id"], name="slack_line_open", condition=models.Q(settled=False)),
        ]

    def __str__(self) -> str:
        return f"notice {self.notice_id} in Slack"


class TaskThread(models.Model):
    """A task that a mention queued: its thread hears when it has ended."""

    link = models.ForeignKey("slack.Link", models.CASCADE, related_name="threads")
    task = models.BigIntegerField(unique=True)
    channel = models.CharField(max_length=40)
    ts = models.CharField(max_length=40)  # of the mention
    thread = models.CharField(max_length=40)
    queued_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["link", "channel", "ts"], name="slack_mention_once")]
        indexes = [
            models.Index(
                fields=["queued_at"], name="slack_thread_open", condition=models.Q(told_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"task {self.task} in Slack"
