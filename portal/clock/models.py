"""Tick: when an entry of the clock began last and when it was done, by the database's clock."""

from datetime import datetime, timedelta

from django.db import models


class Tick(models.Model):
    name = models.CharField(max_length=60, primary_key=True)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def busy(self, now: datetime, patience: timedelta) -> bool:
        """Was its message sent, and is not done yet? After ``patience`` the message counts as lost."""
        if self.begun_at is None or (self.done_at is not None and self.done_at >= self.begun_at):
            return False
        return self.begun_at > now - patience
