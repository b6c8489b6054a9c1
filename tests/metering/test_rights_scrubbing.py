"""What an erasure takes out of what others wrote, and what it leaves alone whatever the person was called."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import models

from agents.queue.models import Step
from agents.registry.models import Agent
from metering.permits import actions as permits
from metering.permits.models import Look
from metering.rights import actions
from metering.rights.scrubbing import pattern
from metering.signals.models import Signal
from metering.usage.models import UsageEvent
from portal.accounts import actions as people
from portal.people.models import Person
from portal.people.nobody import no_one
from portal.plugins import personal_data
from tests.cast import Cast, as_
from tests.metering.builders import last_weeks, permit, today, used
from tests.tables import models_of
from tests.world import make_world

# Texts that are the program's or a thing's, not words about people: they stay as they are. (The names in a look go by
# whose they are.)
GONE_BY = {
    "agents": "hours_zone kind model ready_made capability declaration envelope worker tool_call_id tool_name digest"
    " line zone event cursor key shape agent_was sources notes inside provider"
    " team account room app token_digest channel ts thread trouble about",
    "metering": "system system_name identity source task ref item trigger provider model key corrects priced_by"
    " currency pattern target call slices parts place values changes tasks calls numbers viewer_name team_name",
    "portal": "cost_centre time_zone password former event nonce digest reason covers missing file sha256 code name"
    " kind about_type key link channel trouble public place",
    "axes": "user_agent http_accept session_hash",
}
# Rows that say themselves what becomes of them, and what no erasure touches: the trail, a team's name.
OWN = {"portal.Person", "portal.Entry", "portal.Team"}


def erased(cast: Cast, name: str, email: str = "somebody@example.com") -> Person:
    """Somebody of this name came, left, and was erased."""
    person = people.invite(cast.ada, email=email, display_name=name, same_name=True)
    people.deactivate(cast.ada, person)
    actions.erase(cast.ada, Person.objects.get(pk=person.pk), typed=email)
    return Person.objects.get(pk=person.pk)


@pytest.mark.parametrize("app", GONE_BY)
def test_every_text_is_one_that_somebody_writes_or_one_that_the_program_goes_by(app):
    written = {
        (model, name) for part in personal_data() for model, names in part.written.items() for name in names
    }
    left = set()
    for model in models_of(app):
        texts = [one for one in model._meta.concrete_fields if is_text(one) and not one.choices]
        if model._meta.label not in OWN:
            left |= {one.name for one in texts if (model._meta.label, one.name) not in written}
    assert left - set(GONE_BY[app].split()) == set()


def is_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField)


def test_a_namesake_and_a_longer_name_keep_theirs(cast):
    jones = people.invite(cast.ada, email="jones@example.com", display_name="Anna Lee Jones")
    world = make_world(cast)
    Agent.objects.filter(pk=world.agent.pk).update(
        purpose="Sorts what Mia Park gets",
        instructions="Anna Lee asks, Anna Lee Jones answers, Hanna Lee reads",
    )
    erased(cast, "Mia Park")
    gone = erased(cast, "Anna Lee", "anna@example.com")
    jones.refresh_from_db()
    cast.mia.refresh_from_db()
    world.agent.refresh_from_db()
    assert (jones.display_name, cast.mia.display_name) == ("Anna Lee Jones", "Mia Park")
    assert world.agent.purpose == "Sorts what Mia Park gets"
    assert world.agent.instructions == f"{gone} asks, Anna Lee Jones answers, Hanna Lee reads"


def test_an_address_that_goes_on_is_somebody_elses(cast):
    world = make_world(cast)
    other = people.invite(cast.ada, email="al@example.com.au", display_name="Other One")
    Agent.objects.filter(pk=world.agent.pk).update(instructions="To al@example.com. Not to al@example.com.au")
    gone = erased(cast, "Zed Zork", "al@example.com")
    other.refresh_from_db()
    world.agent.refresh_from_db()
    assert other.email == "al@example.com.au"
    assert world.agent.instructions == f"To {gone}. Not to al@example.com.au"


@pytest.mark.parametrize(
    "name", ["Support", "Finance", "admin", "Granted", "unread", "OpenAI", "No one", "Chat"]
)
def test_a_name_that_is_also_a_things_changes_no_thing(cast, name):
    """A person chooses what they are called: it is no key to anything."""
    look = permit(cast.lea, cast.support, by=cast.ada)
    nobody = no_one()
    used(cast.mia, cast.support)
    signal = Signal.objects.create(
        person=cast.mia,
        kind="unread",
        agent_id=7,
        agent_name="Chat",
        since=today(),
        found_at=cast.mia.joined_at,
    )
    groups, calls = list(Group.objects.values()), list(UsageEvent.objects.values())
    teams, signals = [cast.support.name, cast.sales.name], list(Signal.objects.filter(pk=signal.pk).values())
    erased(cast, name)
    for row in (look, nobody, cast.support, cast.sales):
        row.refresh_from_db()
    assert list(Group.objects.values()) == groups
    assert list(UsageEvent.objects.values()) == calls
    assert [cast.support.name, cast.sales.name] == teams
    assert list(Signal.objects.filter(pk=signal.pk).values()) == signals
    assert (look.state, nobody.display_name) == ("granted", "No one")
    assert as_(cast.finn).get("/reports/organisation/").status_code == 200


def test_who_called_themselves_after_a_role_takes_it_from_nobody(cast):
    people.edit(cast.olga, cast.olga, display_name="admin", time_zone="UTC")
    people.edit(cast.olga, cast.olga, display_name="Olga Petrova", time_zone="UTC")
    people.deactivate(cast.ada, Person.objects.get(pk=cast.olga.pk))
    actions.erase(cast.ada, Person.objects.get(pk=cast.olga.pk), typed=cast.olga.email)
    assert Person.objects.get(pk=cast.ada.pk).roles == ["admin"]


def test_a_copied_name_goes_by_whose_it_is(cast):
    """Of two people of one name only the one who was erased loses it; a name of one short word goes as well."""
    people.edit(cast.lea, cast.lea, display_name="Lea", time_zone="UTC")
    namesake = people.invite(cast.ada, email="lea2@example.com", display_name="Lea", same_name=True)
    own = permits.open_report(
        cast.lea, permit(cast.lea, cast.mia, by=cast.ada), period=last_weeks(), shown=True
    )
    Look.objects.create(
        permit=own.permit, viewer=namesake, viewer_name="Lea", team_name="Mia Park", purpose="p",
        first_day=today(), last_day=today(), shown=True,
    )  # fmt: skip
    people.move(cast.ada, cast.mia, manager=cast.ada)
    for one in (cast.lea, cast.mia):
        people.deactivate(cast.ada, Person.objects.get(pk=one.pk))
        actions.erase(cast.ada, Person.objects.get(pk=one.pk), typed=one.email)
    names = dict(Person.objects.values_list("pk", "display_name"))
    found = Look.objects.order_by("id").values_list("viewer_name", "team_name")
    assert list(found) == [(names[cast.lea.pk], names[cast.mia.pk]), ("Lea", names[cast.mia.pk])]


def test_in_json_values_change_and_keys_do_not(cast):
    world = make_world(cast)
    Step.objects.filter(task=world.task).update(
        response={'Quinn "Q" Quist': ['To Quinn "Q" Quist', {"n": 1, "to": "quinn@example.com"}], "x": None}
    )
    gone = erased(cast, 'Quinn "Q" Quist', "quinn@example.com")
    response = Step.objects.filter(task=world.task).first().response
    assert response == {'Quinn "Q" Quist': [f"To {gone}", {"n": 1, "to": str(gone)}], "x": None}


def test_where_there_is_nothing_to_look_for_nothing_changes():
    assert pattern(["Mia"], []) == ""
    assert pattern(["Mia Park"], [], ["MIA PARK"]) == ""
    before = re.compile(pattern(["Mia Park"], [], ["Dr Mia Park"]), re.IGNORECASE)
    assert before.sub("X", "Dr Mia Park, Mia Park; Mia Parker") == "Dr Mia Park, X; Mia Parker"
