"""What thumbs tell the owner of an agent. Pure but for ``ratings``."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from metering.outcomes.models import Feedback
from metering.privacy.disclosure import minimum
from metering.rollups.periods import Period


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many people found an agent's work good (``up``) or not. None: too few, perhaps nobody."""

    up: int | None
    down: int | None


def counted(votes: Iterable[tuple[int, bool]], *, owner: int, least: int) -> Ratings | None:
    """What the owner sees of ``votes`` (person, up; the oldest first): each person once, with their last vote.

    Each number stands for ``least`` people besides the owner, and no total that could be taken apart; None: nothing.
    """
    last = {person: up for person, up in votes if person != owner}
    up, down = sum(last.values()), len(last) - sum(last.values())
    if max(up, down) < least:
        return None
    return Ratings(up if up >= least else None, down if down >= least else None)


def ratings(agent_id: int, owner: int, period: Period) -> Ratings | None:
    """Of a period that has ended: what is shown of it no longer moves."""
    votes = Feedback.objects.about(agent_id, period).order_by("at", "id").values_list("person_id", "up")
    return counted(votes, owner=owner, least=minimum(settings.GROUP_MINIMUM))
