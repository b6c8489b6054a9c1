"""Looks for a list: the same report opened again on one day is one line with a count."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from metering.permits.models import Look


@dataclass(frozen=True, slots=True)
class RepeatedLook:
    """``look`` is the latest of ``times`` looks."""

    look: Look
    times: int


def grouped(looks: Iterable[Look]) -> list[RepeatedLook]:
    """``looks``, latest first. A day is one where the reader is."""
    runs = (list(run) for _, run in groupby(looks, key=_line))
    return [RepeatedLook(run[0], len(run)) for run in runs]


def _line(look: Look) -> tuple[object, ...]:
    return look.permit_id, look.first_day, look.last_day, look.shown, timezone.localdate(look.at)
