"""Link: a Slack account that is a person's. LinkCode: what links it, once, within ten minutes."""

import hashlib
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from portal.people.models import Person

GOOD_FOR = timedelta(minutes=10)


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(person=person)

    def current(self) -> Self:
        """Of people who are here, on connections that are."""
        return self.filter(
            ended_at__isnull=True,
            person__is_active=True,
            person__held_since__isnull=True,
            connection__state="active",
        )

    def of_account(self, connection: int, team: str, account: str) -> "Link | None":
        rows = self.current().filter(connection=connection, team=team, account=account)
        return rows.select_related("person", "connection").first()


class Link(models.Model):
    """``team``, ``account``: Slack's numbers. ``known_as``: its name there. ``room``: of direct messages.

    ``agent``: takes the person's tasks where they name none. ``told``: notices go there.
    """

    connection = models.ForeignKey("agents.Connection", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    team = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    known_as = models.CharField(max_length=200, blank=True)
    room = models.CharField(max_length=40)
    agent = models.ForeignKey("agents.Agent", models.SET_NULL, null=True, blank=True, related_name="+")
    told = models.BooleanField(default=False)
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "team", "account"],
                condition=models.Q(ended_at__isnull=True),
                name="slack_account_once",
                violation_error_message="This Slack account is linked already. Write “unlink” to the app first.",
            ),
            models.UniqueConstraint(
                fields=["connection", "person"],
                condition=models.Q(ended_at__isnull=True),
                name="slack_person_once",
                violation_error_message="You have linked a Slack account already. Unlink it on your profile first.",
            ),
        ]

    def __str__(self) -> str:
        return f"the Slack account {self.account}"


class LinkCodeQuerySet(models.QuerySet["LinkCode"]):
    def good(self, connection: int, code: str) -> Self:
        rows = self.filter(used_at__isnull=True, ends_at__gt=Now(), person__is_active=True)
        return rows.filter(connection=connection, digest=digest_of(code))


class LinkCode(models.Model):
    """``digest``: of the code, which only the page that made it showed."""

    connection = models.ForeignKey("agents.Connection", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField(db_default=Now() + GOOD_FOR)
    used_at = models.DateTimeField(null=True)

    objects = LinkCodeQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"a code for {self.connection}"


def digest_of(code: str) -> str:
    """What is stored of a code, written without the dashes."""
    return hashlib.sha256(code.replace("-", "").encode()).hexdigest()
