"""Submission: a form that was sent and did something. Its mark is unique, so nothing is done twice by one form."""

from django.db import models

from portal.people.models import Person


class Submission(models.Model):
    nonce = models.CharField(max_length=32, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="submissions")
    digest = models.CharField(max_length=64)  # of all that was sent
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    answer = models.BinaryField(null=True)  # encrypted; none until the first request has answered

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"form {self.nonce}"
