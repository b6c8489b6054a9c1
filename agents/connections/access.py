"""Access: a person's own sign-in at a provider, for one of their connections. The tokens are encrypted."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from portal.scrubbing import remember
from portal.sealing import Sealed, seal, unseal
from portal.validation import within


class AccessQuerySet(models.QuerySet["Access"]):
    def standing(self) -> "AccessQuerySet":
        return self.filter(ended_at__isnull=True)

    def to_revoke(self, now: datetime) -> "AccessQuerySet":
        """Ended here, and not yet at the provider.

        Not while the same account is signed in for another connection or anew: a provider may end all at once.
        """
        same = {name: models.OuterRef(name) for name in ("provider", "account")}
        found = self.filter(ended_at__isnull=False, revoked_at__isnull=True, revoke_at__lte=now)
        return found.exclude(models.Exists(Access.objects.standing().filter(**same)))


class Access(models.Model):
    """What a provider let the portal do in a person's name. Rows end; the tokens go when the provider knows of it.

    ``account``: the e-mail by which the provider knows the person. ``refused_at``: since when it takes them no longer.
    ``refreshing_until``: one worker fetches new tokens until then at most, the others wait.
    """

    connection = models.ForeignKey("agents.Connection", models.PROTECT, related_name="accesses")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses")
    provider = models.CharField(max_length=40)
    account = models.CharField(max_length=254)
    tokens = models.BinaryField(default=b"", editable=False)
    token_ends_at = models.DateTimeField()
    refreshing_until = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    revoke_at = models.DateTimeField(null=True)
    revoke_tries = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    told = models.BooleanField(default=False)  # did the provider confirm that it was revoked?

    objects = AccessQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(ended_at__isnull=True), name="access_one_stands"
            ),
            within("revoke_tries", 0, 1000),
        ]

    def __str__(self) -> str:
        return f"sign-in of {self.account} at {self.provider}"

    def keep(self, tokens: "dict[str, str]") -> None:
        for token in tokens.values():
            remember(token)
        self.tokens = seal(json.dumps(tokens))

    def kept(self) -> "dict[str, Any]":
        """``access`` and ``refresh``. Raises Sealed where no key of today opens them."""
        try:
            found: dict[str, Any] = json.loads(unseal(bytes(self.tokens)))
        except ValueError as error:
            raise Sealed from error
        for token in found.values():
            remember(str(token))
        return found
