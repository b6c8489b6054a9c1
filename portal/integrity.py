"""What the database refused, in words: two who did the same at the same moment read a reason, never an error page."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import BaseConstraint
from psycopg import errors

TAKEN = "Somebody else saved the same at this moment, or it exists already. Your change was not saved."
GONE = "Something that this refers to was removed in the meantime. Nothing was saved."
IMPOSSIBLE = "These values do not fit with what is stored. Nothing was saved."


def refusal(error: IntegrityError) -> ValidationError:
    """The words of the constraint that was hurt, else words for its kind."""
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return ValidationError(_words(name) or _kind(cause))


def _words(name: str | None) -> str:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            message = constraint.violation_error_message
            if constraint.name == name and message != BaseConstraint.default_violation_error_message:
                return str(message)
    return ""


def _kind(cause: BaseException | None) -> str:
    if isinstance(cause, errors.UniqueViolation | errors.ExclusionViolation):
        return TAKEN
    return GONE if isinstance(cause, errors.ForeignKeyViolation) else IMPOSSIBLE
