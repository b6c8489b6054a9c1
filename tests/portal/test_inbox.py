"""The inbox: what one was told, by day, read once and then counted nowhere; nobody reads another's."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.notices import reading
from portal.notices.models import Notice
from portal.notices.telling import settle, tell
from portal.people.models import Person
from tests.cast import Cast, as_
from tests.portal.told import told_kinds  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds")]
INBOX = reverse("notices:list")


def fires(person: Person, number: int) -> None:
    for key in range(number):
        tell([person], "t.fire", person, reverse("people:profile"), key=str(key))


def text(person: Person, **query: str) -> str:
    return as_(person).get(INBOX, query).text


def needs(person: Person, path: str = INBOX) -> tuple[str, str, str]:
    """The number in the title, at the link, and on the menu's button."""
    page = as_(person).get(path).text
    title = re.search(r"<title>(?:\((\S+)\) )?", page)
    return (
        title[1] or "" if title else "?",
        *(re.sub(r"\s", "", one) for one in re.findall(r'id="(?:unread|needs)".*?(?:hidden\s*)?>([^<]*)<', page, re.S)),
    )  # fmt: skip


def test_private_words_are_read_by_their_person_only(cast: Cast) -> None:
    tell([cast.mia], "t.wrote", cast.support, "/", who="Ada", words="<b>the secret</b>")
    assert "Ada wrote: &lt;b&gt;the secret&lt;/b&gt;" in text(cast.mia)
    assert "secret" not in text(cast.lea)
    assert "No notices yet" in text(cast.lea)


def test_opening_it_reads_it_and_leads_on(cast: Cast) -> None:
    fires(cast.mia, 1)
    row = Notice.objects.get()
    assert as_(cast.lea).get(reverse("notices:open", args=[row.pk])).status_code == 404
    assert needs(cast.mia) == ("1", "1", "1")
    answer = as_(cast.mia).get(reverse("notices:open", args=[row.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("people:profile"))
    assert needs(cast.mia) == ("", "0", "0")
    assert "You have read everything" in text(cast.mia, show="unread")
    assert "It burns." in text(cast.mia)


def test_what_was_settled_says_so_and_needs_nobody(cast: Cast) -> None:
    fires(cast.mia, 1)
    settle(cast.mia)
    assert "settled" in text(cast.mia)
    assert needs(cast.mia) == ("", "0", "0")


def test_one_or_all_are_marked_read_and_nothing_that_came_since(cast: Cast) -> None:
    fires(cast.mia, 3)
    fires(cast.lea, 1)
    first, second, third = Notice.objects.filter(person=cast.mia).order_by("pk").values_list("pk", flat=True)
    here = as_(cast.mia)
    reads = reverse("notices:reading")
    hers = Notice.objects.get(person=cast.lea).pk
    for wrong in ({}, {"notice": "x"}, {"notice": str(10**30)}, {"all": "1", "upto": "-1"}, {"notice": hers}):
        assert here.post(reads, wrong).status_code == 302
    assert Notice.objects.unread().count() == 4
    here.post(reads, {"notice": first})
    assert needs(cast.mia)[1] == "2"
    here.post(reads, {"all": "1", "upto": second})
    assert list(Notice.objects.visible_to(cast.mia).unread().values_list("pk", flat=True)) == [third]
    assert needs(cast.lea)[1] == "1"


def test_it_is_grouped_by_the_readers_days_and_filtered(cast: Cast) -> None:
    Person.objects.filter(pk=cast.mia.pk).update(time_zone="Pacific/Auckland", zone_known=True)
    for ago, kind in ((2, "t.fire"), (1, "t.rain"), (0, "t.fire")):
        tell([cast.mia], kind, cast.support, "/", key=str(ago))
        Notice.objects.filter(key=str(ago)).update(made_at=timezone.now() - timedelta(days=ago))
    tell([cast.mia], "t.wrote", cast.support, "/", who="Ada", words="x")
    days = re.findall(r"<h2>([^<]+)</h2>", text(cast.mia))
    assert days[:2] == ["Today", "Yesterday"]
    assert len(days) == 3
    assert "Ada wrote" not in text(cast.mia, about="House")
    assert "Ada wrote" in text(cast.mia, about="nonsense", show="nonsense")


def test_many_cost_no_more_queries_than_one_and_are_counted_to_99(cast: Cast) -> None:
    fires(cast.mia, 1)
    here = as_(cast.mia)
    here.get(INBOX)
    with CaptureQueriesContext(connection) as one:
        here.get(INBOX)
    rows = [
        Notice(person=cast.mia, kind="t.fire", about_type="x", about_id=n, reason={}, link="/")
        for n in range(150)
    ]
    Notice.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        here.get(INBOX)
    assert len(many) == len(one)
    assert needs(cast.mia) == ("99+", "99+", "99+")
    assert reading.unread(cast.mia) == (100, 0)


def test_the_count_is_one_query_of_the_frame_and_follows_without_a_reload(cast: Cast) -> None:
    fires(cast.mia, 2)
    part = as_(cast.mia).get(reverse("notices:count"), headers={"HX-Request": "true"}).text
    assert 'id="unread"' in part
    assert 'hx-swap-oob="true"' in part
    assert "<title>" not in part
    with CaptureQueriesContext(connection) as queries:
        as_(cast.mia).get(reverse("people:profile"))
    assert sum("portal_notice" in query["sql"] for query in queries) == 1
