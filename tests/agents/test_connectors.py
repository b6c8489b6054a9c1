"""The contract of every connector: what it declares is whole, and what it does keeps to the words of the rules."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from agents.connectors import catalogue, connectors
from agents.connectors.base import Connector, ConnectorError
from agents.policy.declarations import Capability, Effect, Role, Type
from tests.agents import playgrounds

STRANGE = ("x", "", None, 7, ["a"], {"a": [1]}, "../../etc", "a\x00b", "\ud800", "x" * 100_000)
CONNECTOR = pytest.mark.parametrize("connector", connectors().values(), ids=connectors().keys())
CAPABILITY = pytest.mark.parametrize("capability", catalogue().values(), ids=catalogue().keys())


@CONNECTOR
def test_it_says_who_it_is(connector: Connector):
    assert connectors()[connector.kind] is connector
    assert all((connector.title, connector.description, connector.icon, connector.capabilities))
    for capability in connector.capabilities:
        assert capability.name.startswith(f"{connector.kind}.")
        assert connector.capability(capability.name) is capability
    assert connector.capability("nothing.like_that") is None


def test_no_two_connectors_declare_the_same_capability():
    names = [one.name for connector in connectors().values() for one in connector.capabilities]
    assert len(names) == len(set(names))


@CAPABILITY
def test_a_declaration_is_whole(capability: Capability):
    assert capability.title
    assert capability.description
    assert 1 <= capability.max_days <= 365
    names = [argument.name for argument in capability.arguments]
    assert len(names) == len(set(names))
    for argument in capability.arguments:
        assert argument.title
        assert not argument.bound or (argument.type in (Type.INTEGER, Type.TEXTS) and not argument.required)
        assert 1 <= argument.longest <= 100_000
        if argument.role in (Role.OBJECT, Role.DEST):
            assert argument.kind, f"{argument.name} names a thing: its identifiers need a kind"
    if capability.tells:
        assert capability.tells in names


@CAPABILITY
def test_what_leaves_is_never_a_mere_write(capability: Capability):
    """A destination outside of a draft means that others see it."""
    has_destination = any(argument.role is Role.DEST for argument in capability.arguments)
    if has_destination and capability.name != "mail.draft":
        assert capability.effect in (Effect.IRREVERSIBLE, Effect.DESTRUCTIVE, Effect.FETCH)


@CAPABILITY
def test_a_call_reads_as_a_sentence_whatever_its_arguments(capability: Capability):
    whole = {one.name: ["a"] if one.type is Type.TEXTS else "a" for one in capability.arguments}
    assert capability.sentence(whole)[0].isupper()
    assert capability.sentence({})
    assert capability.sentence({"x": object(), **{one.name: {"a": [1]} for one in capability.arguments}})


@CAPABILITY
def test_the_digest_pins_the_declaration(capability: Capability):
    import dataclasses

    assert capability.digest == dataclasses.replace(capability).digest
    assert capability.digest != dataclasses.replace(capability, effect=Effect.DESTRUCTIVE, title="x").digest


@CONNECTOR
def test_how_an_agent_tells_its_person_takes_a_reader_and_a_text(connector: Connector):
    if connector.tells:
        declared = connector.capability(connector.tells)
        assert declared
        assert {argument.name for argument in declared.arguments} == {"to", "text"}


@CONNECTOR
@pytest.mark.django_db
def test_a_connection_whose_place_is_gone_is_a_clear_refusal(
    connector: Connector, tmp_path: Path, settings: Any
):
    place = playgrounds.made(connector.kind, tmp_path, settings)
    assert place.gone or not connector.settings_form.base_fields, (
        "what is set can be gone: give the playground one"
    )
    if place.gone is None:
        return
    with pytest.raises(ConnectorError, match=r"\w+ \w+ \w+"):
        connector.check(place.gone)
    for capability in connector.capabilities:
        with pytest.raises(ConnectorError):
            connector.perform(place.gone, place.call(capability.name))


@CONNECTOR
@pytest.mark.django_db
def test_a_look_at_what_became_of_a_thing_never_breaks_and_changes_nothing(
    connector: Connector, tmp_path: Path, settings: Any
):
    """Whatever a model wrote as arguments: an answer, None where it cannot tell, or that the place is gone."""
    place = playgrounds.made(connector.kind, tmp_path, settings)
    before = sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    for name in [*(capability.name for capability in connector.capabilities), f"{connector.kind}.unknown"]:
        declared = connector.capability(name)
        names = [argument.name for argument in declared.arguments] if declared else []
        for value in STRANGE:
            call = place.call(name, **dict.fromkeys(names, value))
            seen = connector.observe(place.connection, call)
            assert seen is None or (0 < len(seen.text) <= 300 and seen.same in (True, False, None))
            if place.gone:
                with contextlib.suppress(ConnectorError):
                    connector.observe(place.gone, call)
    assert sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before
