"""What a person chooses to be sent: by kind and channel, and when; on the record, and at once."""

from datetime import time

import pytest
from django.urls import reverse

from portal.audit.models import Entry
from portal.inbox import actions
from portal.notices import channels
from portal.notices.models import Choice, Delivery, Hours
from portal.notices.telling import tell
from tests import forms
from tests.cast import Cast, as_
from tests.portal.told import Post, post, told_kinds  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_kinds", "post")]
CHOICES = reverse("notices:choices")


def rows(person: object) -> dict[tuple[str, str], bool]:
    found = Choice.objects.filter(person=person).values_list("kind", "channel", "on")
    return {(kind, channel): on for kind, channel, on in found}


def test_boxes_are_as_the_kinds_say_until_somebody_chooses(cast: Cast) -> None:
    here = as_(cast.mia)
    page = here.get(CHOICES).text
    assert page.count("checked") == 2  # rain is not sent unless somebody wants it
    assert (
        here.post(CHOICES, {"t.rain-t_post": "on", "quiet_from": "22:00", "quiet_until": "07:00"}).status_code
        == 302
    )
    post = "t_post"
    assert rows(cast.mia) == {("t.wrote", post): False, ("t.fire", post): False, ("t.rain", post): True}
    hours = Hours.objects.get(person=cast.mia)
    assert (hours.quiet_from, hours.quiet_until, hours.digest_at) == (time(22), time(7), None)
    page = here.get(CHOICES).text
    assert page.count("checked") == 1
    assert page.count("selected") >= 2
    assert rows(cast.lea) == {}
    entry = Entry.objects.get(event="notices.chosen")
    assert str(entry).startswith("Mia Park chose what the portal sends to")


@pytest.mark.parametrize("hours", [{"quiet_from": "22:00"}, {"quiet_from": "07:00", "quiet_until": "07:00"}])
def test_half_of_quiet_hours_is_refused_and_nothing_is_changed(cast: Cast, hours: dict[str, str]) -> None:
    answer = as_(cast.mia).post(CHOICES, hours)
    assert answer.status_code == 422
    assert "Quiet hours need a beginning and another end." in answer.text
    assert not Choice.objects.exists()
    assert not Hours.objects.exists()


def test_what_is_switched_off_is_not_sent_any_more(cast: Cast) -> None:
    tell([cast.mia, cast.lea], "t.fire", cast.support, "/")
    tell([cast.mia], "t.wrote", cast.support, "/", who="Ada", words="x")
    actions.switch(cast.mia, cast.mia, names=["t.fire"], channel="t_post", on=False)
    left = (
        Delivery.objects.filter(dropped_at__isnull=True).order_by("id").values_list("person", "notice__kind")
    )
    assert list(left) == [(cast.lea.pk, "t.fire"), (cast.mia.pk, "t.wrote")]
    tell([cast.mia], "t.fire", cast.sales, "/")
    assert left.count() == 2


def test_a_channel_that_does_not_reach_a_person_has_no_boxes_and_keeps_their_choices(
    cast: Cast, post: Post
) -> None:
    Choice.objects.create(person=cast.mia, kind="t.fire", channel="t_post", on=False)
    post.reaches = False
    here = as_(cast.mia)
    assert "checkbox" not in here.get(CHOICES).text
    here.post(CHOICES, {"digest_at": "08:30"})
    assert Hours.objects.get().digest_at == time(8, 30)
    assert rows(cast.mia) == {("t.fire", "t_post"): False}


def test_where_nothing_leaves_the_portal_the_page_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "_known", {})
    assert "Nothing is sent yet" in as_(cast.mia).get(CHOICES).text


def test_what_was_chosen_meanwhile_is_said_and_stays(cast):
    client, page = as_(cast.mia), "/notices/choices/"
    drawn = [
        next(
            one
            for one in forms.on_page(client.get(page).text, page, cast.mia)
            if one.name == "notices:choices"
        )
        for _ in range(2)
    ]
    assert forms.post(client, drawn[0], drawn[0].drawn() | {"digest_at": ["23:30"]}).status_code == 302
    answer = forms.post(
        client, drawn[1], drawn[1].drawn() | {"quiet_from": ["22:00"], "quiet_until": ["07:00"]}
    )
    assert (answer.status_code, "while you had it open" in answer.text) == (422, True)
    assert Hours.objects.get(person=cast.mia).quiet_from is None
