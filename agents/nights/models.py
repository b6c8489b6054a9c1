"""NightHours: at which hours of their zone a person finds tonight's pack, and the digest, on their start page."""

from django.conf import settings
from django.db import models

from portal.people.models import Person
from portal.validation import within

EVENING, MORNING = 18, 7  # until the person chooses others
EVENINGS, MORNINGS = range(12, 24), range(4, 12)


class NightHoursQuerySet(models.QuerySet["NightHours"]):
    def of(self, person: Person) -> "NightHours":
        """Those that the person chose, or the usual ones."""
        return self.filter(person=person).first() or NightHours(person=person)


class NightHours(models.Model):
    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="night_hours")
    evening = models.PositiveSmallIntegerField(default=EVENING)
    morning = models.PositiveSmallIntegerField(default=MORNING)

    objects = NightHoursQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            within("evening", EVENINGS.start, EVENINGS.stop - 1),
            within("morning", MORNINGS.start, MORNINGS.stop - 1),
        ]

    def __str__(self) -> str:
        return f"hours of {self.person}"
