"""Telling and settling: one open notice for each person, kind, matter and key, and what is sent where it was wanted."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.notices import retention
from portal.notices.models import Choice, Delivery, Hours, Notice
from portal.notices.telling import settle, tell
from portal.people.models import Person
from portal.reasons import OTHERS, render_reason
from tests.cast import Cast
from tests.portal.told import Post, post, told_kinds  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds", "post")]


def open_for(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).unread().order_by("id").values_list("kind", flat=True))


def test_each_active_person_is_told_once(cast: Cast) -> None:
    Person.objects.filter(pk=cast.olga.pk).update(is_active=False)
    for words in ("one", "two"):
        tell([cast.mia, cast.lea, cast.olga], "t.wrote", cast.support, "/teams/1/", who="Ada", words=words)
    assert [open_for(person) for person in (cast.mia, cast.lea, cast.olga)] == [["t.wrote"], ["t.wrote"], []]
    row = Notice.objects.get(person=cast.mia)
    assert row.text == "Ada wrote: one"
    assert render_reason(row.reason, OTHERS) == "Ada wrote something"
    assert abs(row.made_at - timezone.now()) < timedelta(minutes=1)


def test_another_key_matter_or_kind_is_told_as_well(cast: Cast) -> None:
    tell([cast.mia], "t.fire", cast.support, "/")
    tell([cast.mia], "t.fire", cast.support, "/", key="again")
    tell([cast.mia], "t.fire", cast.sales, "/")
    tell([cast.mia], "t.fire", cast.mia, "/")
    tell([cast.mia], "t.rain", cast.support, "/")
    assert len(open_for(cast.mia)) == 5


def test_what_was_settled_is_over_for_all_and_can_be_told_anew(cast: Cast) -> None:
    tell([cast.mia, cast.lea], "t.fire", cast.support, "/")
    tell([cast.mia], "t.rain", cast.support, "/")
    tell([cast.mia], "t.fire", cast.sales, "/")
    settle(cast.support, "t.fire")
    assert open_for(cast.mia) == ["t.rain", "t.fire"]
    assert open_for(cast.lea) == []
    tell([cast.lea], "t.fire", cast.support, "/")
    assert open_for(cast.lea) == ["t.fire"]
    settle(cast.support, people=[cast.lea])
    assert (open_for(cast.lea), open_for(cast.mia)) == ([], ["t.rain", "t.fire"])
    settle(cast.support)
    assert open_for(cast.mia) == ["t.fire"]


def test_it_is_told_only_if_it_happened(cast: Cast) -> None:
    with transaction.atomic():
        tell([cast.mia], "t.fire", cast.support, "/")
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("kind", "link", "more"),
    [
        ("t.gone", "/", {}),
        ("t.fire", "https://elsewhere.example/", {}),
        ("t.fire", "//elsewhere.example/", {}),
        ("t.fire", "/", {"who": "Ada"}),
        ("t.wrote", "/", {"who": "Ada"}),
    ],
)
def test_what_cannot_be_told_is_refused(cast: Cast, kind: str, link: str, more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no "):
        tell([cast.mia], kind, cast.support, link, **more)
    assert not Notice.objects.exists()


def deliveries(person: Person) -> Iterator[tuple[str, bool]]:
    for row in Delivery.objects.filter(person=person).order_by("id").select_related("notice"):
        yield row.notice.kind, row.due_at > row.notice.made_at


def test_it_is_sent_where_the_kind_says_so_or_the_person(cast: Cast) -> None:
    Choice.objects.create(person=cast.mia, kind="t.fire", channel="t_post", on=False)
    Choice.objects.create(person=cast.mia, kind="t.rain", channel="t_post", on=True)
    for kind in ("t.fire", "t.rain"):
        tell([cast.mia, cast.lea], kind, cast.support, "/")
    assert list(deliveries(cast.mia)) == [("t.rain", False)]
    assert list(deliveries(cast.lea)) == [("t.fire", False)]


def test_where_no_channel_is_set_up_nothing_is_sent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Post, "ready", lambda self: False)
    tell([cast.mia], "t.fire", cast.support, "/")
    assert open_for(cast.mia) == ["t.fire"]
    assert not Delivery.objects.exists()


def test_a_digest_holds_back_what_is_not_urgent(cast: Cast) -> None:
    Hours.objects.create(person=cast.mia, digest_at=time(8))
    tell([cast.mia], "t.wrote", cast.support, "/", who="Ada", words="x")
    tell([cast.mia], "t.fire", cast.support, "/")
    assert list(deliveries(cast.mia)) == [("t.wrote", True), ("t.fire", False)]


def test_what_was_not_sent_is_dropped_with_its_matter(cast: Cast) -> None:
    tell([cast.mia, cast.lea], "t.fire", cast.support, "/")
    Delivery.objects.filter(person=cast.lea).update(sent_at=timezone.now())
    settle(cast.support)
    assert Delivery.objects.get(person=cast.mia).dropped_at
    assert Delivery.objects.get(person=cast.lea).dropped_at is None


def test_they_go_when_their_texts_are_kept_no_longer(cast: Cast) -> None:
    tell([cast.mia, cast.lea], "t.fire", cast.support, "/")
    old = timezone.now() - timedelta(days=settings.RETENTION["content"], hours=1)
    Notice.objects.filter(person=cast.mia).update(made_at=old)
    assert retention.forget() == 1
    assert (open_for(cast.mia), open_for(cast.lea)) == ([], ["t.fire"])
    assert Delivery.objects.count() == 1
