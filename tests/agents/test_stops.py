"""Stops: set once, read before every call, lifted by who could set them; and the rail that leads to them."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.lifecycle.stops import lift_stop, set_stop
from agents.links import links
from agents.stops.models import Stop
from portal.audit.models import Entry
from portal.parts import Addition, Link
from tests import builders
from tests.cast import Cast, as_
from tests.world import make_world

pytestmark = pytest.mark.django_db

LIST, EVERYTHING = "/stops/", "/stops/everything/"


def test_a_stop_is_on_the_record_with_who_and_why(cast: Cast):
    stop = set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why=" A drill ")
    assert (str(stop), stop.why, stop.set_by) == ("everything", "A drill", cast.ada)
    assert str(Entry.objects.get(event="stop.set")) == "Ada Osei stopped everything"
    lift_stop(cast.ada, stop)
    assert str(Entry.objects.get(event="stop.lifted")) == "Ada Osei let everything work again"
    assert (stop.lifted_by, stop.lifted_at is not None) == (cast.ada, True)


def test_each_thing_is_stopped_once_and_may_be_again_when_lifted(cast: Cast):
    box, chat = builders.mail(cast.ada, cast.support), builders.chat(cast.ada, cast.support)
    ways = [
        {"scope": Stop.Scope.EVERYTHING},
        {"scope": Stop.Scope.CONNECTION, "connection": box},
        {"scope": Stop.Scope.CONNECTION, "connection": chat},
        {"scope": Stop.Scope.CAPABILITY, "capability": "mail.move"},
    ]
    for way in ways:
        first = set_stop(cast.ada, **way, why="first")
        with pytest.raises(ValidationError, match="already stopped"):
            set_stop(cast.ada, **way, why="second")
        lift_stop(cast.ada, first)
        with pytest.raises(ValidationError, match="lifted already"):
            lift_stop(cast.ada, first)
        set_stop(cast.ada, **way, why="third")
    assert Stop.objects.active().count() == len(ways)
    assert not Stop.objects.filter(why="second").exists()


def test_what_no_connector_offers_cannot_be_stopped(cast: Cast):
    with pytest.raises(ValidationError, match="No connector offers"):
        set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="rockets.launch", why="x")


def test_which_stops_hold_a_call_back(cast: Cast):
    box, chat = builders.mail(cast.ada, cast.support), builders.chat(cast.ada, cast.support)
    reading = {"connection": box.pk, "capability": "mail.read", "agent": 1, "task": 1}
    set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=chat, why="x")
    set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.move", why="x")
    assert not Stop.objects.against(**reading).exists()
    held = [
        set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=box, why="x"),
        set_stop(cast.ada, scope=Stop.Scope.CAPABILITY, capability="mail.read", why="x"),
        set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="x"),
    ]
    assert set(Stop.objects.against(**reading)) == set(held)
    for stop in held:
        lift_stop(cast.ada, stop)
    assert not Stop.objects.against(**reading).exists()


def test_everything_takes_two_steps_and_a_reason(cast: Cast):
    client = as_(cast.ada)
    assert "Stop everything now" in client.get(LIST).text
    assert "Stop everything now" in client.get(EVERYTHING).text
    for wrong in ({}, {"why": "  "}, {"why": "x" * 201}, {"why": "nul\x00"}):
        assert client.post(EVERYTHING, wrong).status_code == 422
    assert not Stop.objects.exists()
    done = client.post(EVERYTHING, {"why": "A drill"}, follow=True).text
    assert "Everything is stopped" in done
    assert "A drill" in done
    assert "Stop everything now" not in done
    assert "already stopped" in client.post(EVERYTHING, {"why": "Again"}).text


def test_a_capability_is_chosen_from_what_there_is(cast: Cast):
    address, client = reverse("stops:capability"), as_(cast.ada)
    for wrong in ({"why": "x"}, {"why": "x", "capability": "rockets.launch"}, {"capability": "mail.read"}):
        assert client.post(address, wrong).status_code == 422
    done = client.post(address, {"why": "Too many drafts", "capability": "mail.draft"}, follow=True).text
    assert "mail.draft, everywhere" in done
    stop = Stop.objects.get()
    lifted = client.post(reverse("stops:lifting", args=[stop.pk]), follow=True).text
    assert "Nothing is stopped" in lifted
    assert "lifted by Ada Osei" in lifted


def test_a_stopped_agent_says_so_on_its_page(cast: Cast):
    agent, _ = builders.triage(cast)
    set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="A drill")
    page = as_(cast.mia).get(agent.get_absolute_url()).text
    assert "It can do nothing now" in page
    assert "A drill" in page


def test_nobody_else_stops_everything(cast: Cast):
    for person in (cast.lea, cast.mia, cast.finn, cast.aud, cast.olga):
        assert as_(person).post(EVERYTHING, {"why": "x"}).status_code == 403
    assert not Stop.objects.exists()


class Request:
    def __init__(self, user: object):
        self.user = user


def test_the_rail_counts_what_waits_for_this_person(cast: Cast, django_assert_num_queries):
    make_world(cast)

    def counts(person) -> dict[str, int]:
        brought = list(links(Request(person)))
        named = {one.title: one.count for one in brought if isinstance(one, Link) and one.count}
        return named | {one.key: one.count for one in brought if isinstance(one, Addition) and one.count}

    assert counts(cast.mia) == {"home": 2}, "an ask, and a call of which nobody knows whether it happened"
    assert counts(cast.ada) == {"Grants": 1}
    assert counts(cast.lea) == {}
    titles = [one.title for one in links(Request(cast.ada)) if isinstance(one, Link)]
    assert titles == ["Agents", "Tasks", "Schedules", "Grants", "Connections", "Emergency stop"]
    assert "Emergency stop" not in [one.title for one in links(Request(cast.mia)) if isinstance(one, Link)]
    with django_assert_num_queries(1):
        counts(cast.mia)
