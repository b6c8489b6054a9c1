"""Settles what is over although no verb settled it: its time passed, or it ended with something else.

A kind names the rows that still need its people (``Kind.open_in``). Asked by the clock, and once more before anything
leaves the portal.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Now

from portal.notices import kinds
from portal.notices.kinds import Kind
from portal.notices.models import UNSENT, Delivery, Notice

AT_ONCE = 2_000  # notices of one kind in one statement
AT_MOST = 100_000  # of one kind in one run; the rest is the next run's


def settle_gone() -> int:
    """Settle every notice whose matter needs nobody any more. How many there were."""
    waiting = [kind.name for kind in kinds.known() if kind.open_in]
    told = Notice.objects.filter(kind__in=waiting, settled_at__isnull=True)
    return sum(
        _settle_gone(kind, label)
        for name, label in told.order_by().values_list("kind", "about_type").distinct()
        if (kind := kinds.named(name))
    )


def gone(notices: Iterable[Notice]) -> set[int]:
    """The ids of those that are over. They are settled on the way."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for notice in notices:
        if (kind := kinds.named(notice.kind)) and kind.open_in:
            found[kind.name, notice.about_type].append(notice.pk)
    over: set[int] = set()
    for (name, label), numbers in found.items():
        if kind := kinds.named(name):
            over.update(_over(kind, label).filter(pk__in=numbers).values_list("pk", flat=True))
    _settle(over)
    return over


def _settle_gone(kind: Kind, label: str) -> int:
    done = 0
    while done < AT_MOST and (found := list(_over(kind, label).values_list("pk", flat=True)[:AT_ONCE])):
        _settle(found)
        done += len(found)
    return done


def _over(kind: Kind, label: str) -> "models.QuerySet[Notice]":
    told = Notice.objects.filter(kind=kind.name, about_type=label, settled_at__isnull=True)
    try:
        rows = matters(apps.get_model(label), kind)
    except LookupError:  # the plug-in that had the table is gone
        return told
    return told.filter(~models.Exists(rows.filter(pk=models.OuterRef("about_id"))))


def matters(model: type[models.Model], kind: Kind) -> "models.QuerySet[Any]":
    """The rows that still need the people of this kind. Raises AttributeError where the model does not say which."""
    found: models.QuerySet[Any] = getattr(model._default_manager.all(), kind.open_in)()
    return found.order_by()


@transaction.atomic
def _settle(numbers: Collection[int]) -> None:
    if numbers:
        Notice.objects.filter(pk__in=numbers, settled_at__isnull=True).update(settled_at=Now())
        Delivery.objects.filter(UNSENT, notice__in=numbers).update(dropped_at=Now())
