"""Every URL × every person of the cast. A URL without a row in ``doors`` fails: who may open it is decided before."""

import pytest
from django.db import transaction
from django.templatetags.static import static
from django.urls import reverse

from portal.checks import patterns
from tests.cast import NAMES, Cast, as_
from tests.doors import DOORS, PRIVATE
from tests.world import make_world


def answered(person, method: str, url: str):
    """What this person gets. Whatever a POST did is rolled back before the next one tries."""
    with transaction.atomic():
        client = as_(person)
        response = client.post(url) if method == "POST" else client.get(url)
        transaction.set_rollback(True)
    return response


def opened(person, method: str, url: str) -> str:
    response = answered(person, method, url)
    if response.status_code == 302 and response["Location"].startswith(f"{reverse('sign-in')}?next="):
        return ">"
    assert response.status_code != 405, f"{url} does not answer {method}"
    assert response.status_code < 500, f"{url} broke"
    return {403: "3", 404: "4"}.get(response.status_code, "+")


def named_urls() -> list[str]:
    from django.urls import get_resolver

    def walk(resolver, prefix=""):
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                yield from walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
            else:
                yield f"{prefix}{entry.name}"

    return list(walk(get_resolver()))


def test_every_url_has_a_row_and_every_row_a_url():
    assert sorted(named_urls()) == sorted(DOORS)
    assert len(named_urls()) == len(list(patterns()))


@pytest.mark.django_db
def test_every_door_opens_to_whom_it_should_and_to_nobody_else(cast: Cast):
    world = make_world(cast)
    wrong = []
    for name, (method, target, codes) in DOORS.items():
        url = reverse(name, args=world.arguments(target))
        found = " ".join(opened(person, method, url) for person in (None, *cast.everyone().values()))
        if found != codes:
            wrong.append(f"{name}: {method} {url} is {found}, should be {codes}")
    assert wrong == [], f"nobody {' '.join(NAMES)}"


@pytest.mark.django_db
def test_what_is_not_there_looks_like_what_may_not_be_seen(cast: Cast):
    for name, (method, target, _) in DOORS.items():
        if target in PRIVATE:
            url = reverse(name, args=[999_999_999])
            assert opened(cast.ada, method, url) == "4", url


@pytest.mark.django_db
def test_no_answer_is_stored_by_a_browser_or_a_proxy(cast: Cast):
    """What a person was shown is theirs, and Back asks again. Static files hold, they are the same for all."""
    world = make_world(cast)
    stored = []
    for name, (method, target, _) in DOORS.items():
        for person in (None, *cast.everyone().values()):
            answer = answered(person, method, reverse(name, args=world.arguments(target)))
            if answer["Cache-Control"] != "private, no-store":
                stored.append(f"{name} for {person}: {answer['Cache-Control']}")
    assert stored == []
    for missing in ("/nothing/here/", "/?q=%00"):
        assert as_(cast.mia).get(missing)["Cache-Control"] == "private, no-store"
    assert "no-store" not in as_(cast.mia).get(static("portal/portal.js"))["Cache-Control"]
