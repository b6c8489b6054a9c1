"""Visibility settings as they were, and since when."""

from django.db import models


class VisibilitySettings(models.Model):
    """The rules of visibility as they were from ``at`` on. ``changes``: what differs from the row before."""

    at = models.DateTimeField(auto_now_add=True)
    values = models.JSONField()
    changes = models.JSONField(default=list)  # [[name, before, after], …]; empty in the first row

    class Meta:
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return "the visibility of usage"
