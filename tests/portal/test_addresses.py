"""Where links begin and where sign-in leads: the portal's own pages, whatever a request says."""

import re

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from portal import addresses, env
from portal.people.models import Person
from tests.cast import PASSWORD, Cast, as_
from tests.test_architecture import MODULES, name_of

ELSEWHERE = (
    *("https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *("http:///evil.example", "https:evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example"),
    *("http://localhost:8000/people/", "http://localhost/people/", "//testserver/people/", "people/", "?q=1", "#x"),
    *("/no-such-page/", "/sign-in/?next=//evil.example", "/sign-out/", " /people/", "/people/ x"),
)  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_sign_in_leads_to_no_other_place(mia: Person, wanted: str):
    assert addresses.own_path(wanted) == ""
    given = {"username": mia.email, "password": PASSWORD, "next": wanted}
    assert Client().post(reverse("sign-in"), given)["Location"] == "/"
    assert as_(mia).get(reverse("sign-in"), {"next": wanted})["Location"] == "/"
    form = Client().get(reverse("sign-in"), {"next": wanted}).text
    assert re.findall('name="next" value="(.*?)"', form) == ["/"]


def test_a_path_keeps_its_query_and_nothing_behind_it():
    assert addresses.own_path("/people/?q=a%20b&page=2#top") == "/people/?q=a%20b&page=2"
    assert addresses.own_path(reverse("people:profile")) == reverse("people:profile")
    assert addresses.own_path("/people/\0") == ""
    assert addresses.own_path(f"/people/?q={'a' * 1_500}") == "/people/"


def test_a_link_begins_as_configured_and_never_as_the_request_says(cast: Cast, settings):
    settings.ALLOWED_HOSTS, settings.ADDRESS = ["*"], "https://portal.example.com"
    cast.mia.set_unusable_password()  # invited, and not joined yet
    cast.mia.save()
    answer = as_(cast.ada).post(
        reverse("people:links", args=[cast.mia.pk]),
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )
    assert "evil.example" not in answer.text
    assert "https://portal.example.com/invitation/" in answer.text


def test_no_module_makes_an_address_of_a_request():
    asks = re.compile(r"build_absolute_uri|get_host\(\)|get_current_site|HTTP_HOST|get_port\(\)")
    assert [name_of(path) for path in MODULES if asks.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("hosts", "https", "listens", "begins"),
    [
        (["portal.example"], True, ("127.0.0.1", 8000), "https://portal.example"),
        (["*", ".example", "portal.example"], False, ("0.0.0.0", 81), "http://portal.example:81"),
        (["localhost"], False, ("127.0.0.1", 8123), "http://127.0.0.1:8123"),
        (["localhost"], False, ("::1", 8123), "http://[::1]:8123"),
        (["*"], False, None, "http://localhost:8000"),
    ],
)
def test_unset_it_follows_from_where_the_portal_listens(settings, monkeypatch, hosts, https, listens, begins):
    settings.ADDRESS, settings.ALLOWED_HOSTS, settings.HTTPS = "", hosts, https
    monkeypatch.setattr(addresses, "_served", "")
    if listens:
        addresses.served_at(*listens)
    assert addresses.base() == begins


@pytest.mark.parametrize(
    "wrong", ["portal.example", "ftp://portal.example", "https://a.b/path", "https://u@a.b", "https://a:b"]
)
def test_an_address_that_is_none_is_refused(monkeypatch, wrong: str):
    monkeypatch.setenv("PORTAL_ADDRESS", wrong)
    with pytest.raises(SystemExit, match="PORTAL_ADDRESS must look like"):
        env.address("PORTAL_ADDRESS")
    monkeypatch.setenv("PORTAL_ADDRESS", "https://portal.example:8443/")
    assert env.address("PORTAL_ADDRESS") == "https://portal.example:8443"


@pytest.mark.django_db  # other checks ask the database
def test_a_deployment_without_an_address_is_told(settings):
    assert not configured.ADDRESS
    assert "portal.W002" in {one.id for one in run_checks(tags=None, include_deployment_checks=True)}
    settings.ADDRESS = "https://portal.example"
    assert "portal.W002" not in {one.id for one in run_checks(tags=None, include_deployment_checks=True)}
