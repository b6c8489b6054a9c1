"""Names: one validator at every door, and no name field, form or verb without it."""

import importlib
import inspect
import pkgutil

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction

import agents
import metering
import portal
from agents.connections import actions as connections
from agents.connections.models import Connection
from agents.policy.language import invisible, tokens
from agents.registry import actions as registry
from agents.registry.models import Agent
from agents.runtime import providers
from portal import naming
from portal.accounts import actions as people
from portal.lookalikes import skeleton, unseen
from portal.org_chart.sheet import read
from portal.people.models import Person
from portal.teams import actions as teams
from portal.teams.models import Team
from portal.up.people import wrong
from tests import builders
from tests.cast import Cast
from tests.tables import models_of

BAD = {
    "zero width": "Mia\u200bPark",
    "direction": "Mia \u202ekraP",
    "isolate": "Mia \u2066Park",
    "line break": "Mia\nPark",
    "line separator": "Mia\u2028Park",
    "tab": "Mia\tPark",
    "control": "Mia\x1bPark",
    "filler": "Mia\u3164Park",
    "variation": "Mia\ufe0f Park",
    "soft hyphen": "Mia\u00adPark",
    "only signs": "…",
    "many accents": "Mi" + "a\u0301\u0302\u0303\u0304\u0305\u0306" + " Park",
    "reserved": "Agent Portal",
    "reserved, spaced": "agent  PORTAL (system)",
    "reserved, Cyrillic": "Аgеnt Роrtаl",
    "reserved, digits": "Agent P0rta1",
    "reserved, full width": "Ａｇｅｎｔ－Ｐｏｒｔａｌ",
}
NORMAL = {
    "Zoe\u0308  Mu\u0308ller\u00a0 ": "Zoë Müller",
    " 山田\u3000太郎": "山田 太郎",
    "O’Brien-Łukasz 2": "O’Brien-Łukasz 2",
}
NAMES = {"name", "display_name", "full_name", "nickname", "cost_centre"}
COPIES = {
    "metering.Budget.name": "copied from what the budget is about",
    "portal.Device.name": "made of what a browser says it is, of words that the portal has",
    "portal.Tick.name": "the program's name of what the clock does",
}


def _modules():
    for app in (portal, metering, agents):
        for found in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if found.name.rpartition(".")[2] in {"forms", "signin_forms", "price_forms", "parts", "actions"}:
                yield importlib.import_module(found.name)


def test_every_name_of_a_table_is_a_name_field():
    silent = [
        f"{model._meta.label}.{field.name}"
        for model in models_of()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.name in NAMES
        and not isinstance(field, naming.NameField)
    ]
    assert sorted(silent) == sorted(COPIES)


def test_every_name_of_a_form_is_a_name_input():
    found = {
        f"{form.__module__}.{form.__name__}.{name}": field
        for module in _modules()
        for _, form in inspect.getmembers(module, inspect.isclass)
        if issubclass(form, forms.BaseForm) and hasattr(form, "base_fields")
        for name, field in form.base_fields.items()
        if name in NAMES and isinstance(field, forms.CharField)
    }
    assert len(found) >= 6
    assert [name for name, field in found.items() if not isinstance(field, naming.NameInput)] == []


def doors(cast: Cast):
    """Every verb that takes a name, as a function of the name."""
    agent = builders.agent(cast.mia, cast.support)
    chat = builders.chat(cast.ada, cast.support)
    return {
        people.invite: lambda name: people.invite(cast.ada, email="n@example.com", display_name=name),
        people.edit: lambda name: people.edit(cast.mia, cast.mia, display_name=name, time_zone="UTC"),
        teams.create: lambda name: teams.create(cast.ada, name=name),
        teams.edit: lambda name: teams.edit(cast.ada, cast.support, name=name, cost_centre=""),
        registry.register: lambda name: registry.register(
            cast.mia, name=name, purpose="Tries", team=cast.support, model=providers.OFFLINE
        ),
        registry.edit: lambda name: registry.edit(cast.mia, agent, name=name),
        connections.add: lambda name: connections.add(
            cast.ada, kind="chat", name=name, team=cast.support, settings={}
        ),
        connections.edit: lambda name: connections.edit(cast.ada, chat, name=name, settings={}),
    }


@pytest.mark.django_db
def test_no_verb_takes_a_name_that_hides_or_pretends(cast: Cast):
    tried = doors(cast)
    named = {
        verb
        for module in _modules()
        for _, verb in inspect.getmembers(module, inspect.isfunction)
        if hasattr(verb, "event")
        and verb.__module__ == module.__name__
        and NAMES & set(inspect.signature(verb).parameters)
    }
    assert {verb.__name__ for verb in named - set(tried)} == set(), (
        "a verb that takes a name, and is not tried"
    )
    taken = []
    for verb, door in tried.items():
        for kind, name in BAD.items():
            with transaction.atomic():
                try:
                    door(name)
                    taken.append((verb.__name__, kind))
                except ValidationError:
                    pass
                transaction.set_rollback(True)
        for name, normal in NORMAL.items():
            with transaction.atomic():
                row = door(name)
                row.refresh_from_db()
                assert str(row) == normal
                transaction.set_rollback(True)
    assert taken == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", BAD.values(), ids=BAD)
def test_nothing_that_writes_a_row_gets_past_it(cast: Cast, name: str):
    for write in (
        lambda: Person.objects.bulk_create([Person(email="x@example.com", display_name=name)]),
        lambda: Person.objects.filter(pk=cast.mia.pk).update(display_name=name),
        lambda: Team.objects.filter(pk=cast.support.pk).update(name=name),
        lambda: Agent(name=name).clean_fields(exclude=["team", "owner", "model", "purpose"]),
        lambda: Connection.objects.filter(pk=0).update(name=name),
    ):
        with pytest.raises(ValidationError):
            write()
    cast.mia.display_name = name
    with pytest.raises(ValidationError):
        Person.objects.bulk_update([cast.mia], ["display_name"])


@pytest.mark.parametrize("name", BAD.values(), ids=BAD)
def test_the_chart_and_the_first_admin_refuse_them_too(name: str):
    assert wrong(name, "ada@example.com", "a long enough phrase")
    if not {"\n", "\t", "\u2028", "\x1b"} & set(name):  # white space in a cell is a space
        for row in (f"n@example.com,{name},", f"n@example.com,Mia Park,{name}"):
            sheet = read(f"email,name,team\n{row}\n")
            assert (len(sheet.rows), len(sheet.bad)) == (0, 1)


def test_what_the_policy_takes_off_as_hidden_is_refused_in_a_name():
    shown = [chr(one) for one in range(0x11000) if invisible.is_hidden(chr(one)) and not unseen(chr(one))]
    assert shown == []
    unlike = [one for one, looks in tokens.ALIKE.items() if skeleton(chr(one)) not in {skeleton(looks), ""}]
    assert unlike == []


@pytest.mark.django_db
def test_agents_of_a_team_teams_and_connections_that_look_alike_are_refused(cast: Cast):
    door = doors(cast)
    for verb in (registry.register, teams.create, connections.add):
        door[verb]("Model 1")
        for name in ("ModeI 1", "Моdеl 1", "MODEL-1"):
            with pytest.raises(ValidationError, match="looks like “Model 1”"):
                door[verb](name)
    other = teams.create(cast.ada, name="Elsewhere")
    teams.add_member(cast.ada, other, person=cast.mia)
    assert registry.register(
        cast.mia, name="ModeI 1", purpose="Another team's", team=other, model=providers.OFFLINE
    )
