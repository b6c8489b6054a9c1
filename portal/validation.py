"""Constraints that many tables have: what a column can hold is said once, in the model, and kept by the database."""

from django.db.models import CheckConstraint, Q


def one_of(first: str, second: str, name: str) -> CheckConstraint:
    """Exactly one of the two columns is filled."""
    empty = Q(**{f"{first}__isnull": True}) ^ Q(**{f"{second}__isnull": True})
    return CheckConstraint(condition=empty, name=name)


def within(field: str, least: int, most: int | None = None) -> CheckConstraint:
    """``least`` to ``most``, where it is filled. NaN, which PostgreSQL takes for the greatest, needs a ``most``."""
    holds = Q(**{f"{field}__gte": least})
    said = f"{field.replace('_', ' ').capitalize()}: at least {least:,}"
    if most is not None:
        holds &= Q(**{f"{field}__lte": most})
        said += f" and at most {most:,}"
    return CheckConstraint(
        condition=holds | Q(**{f"{field}__isnull": True}),
        name=f"%(class)s_{field}",
        violation_error_message=f"{said}.",
    )
