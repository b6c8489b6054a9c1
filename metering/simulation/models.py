"""The mark of a database that holds a simulated company."""

from django.db import models


class Simulation(models.Model):
    """The mark of a database that holds a simulated company: one row, made on an empty database, never taken away."""

    only = models.BooleanField(primary_key=True, default=True)
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "metering"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="simulation_only")]

    def __str__(self) -> str:
        return f"a simulation since {self.marked_at:%Y-%m-%d}"
