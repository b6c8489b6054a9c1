"""The contract of every connector: what it declares is whole, and what it does keeps to the words of the rules."""

import pytest

from agents.connectors import catalogue, connectors
from agents.connectors.base import CallContext, ConnectionContext, Connector, ConnectorError
from agents.policy.declarations import Capability, Effect, Role, Type
from tests import builders

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
@pytest.mark.django_db
def test_settings_that_lead_nowhere_are_a_clear_error(connector: Connector):
    """Neither a check nor a call breaks on a connection whose place is gone."""
    nowhere = ConnectionContext(0, "gone", {"path": "/nonexistent", "address": "x@example.com"})
    if "path" in connector.settings_form.base_fields:
        with pytest.raises(ConnectorError, match=r"\w+ \w+ \w+"):
            connector.check(nowhere)
    for capability in connector.capabilities:
        arguments = {one.name: ["x"] if one.type is Type.TEXTS else "x" for one in capability.arguments}
        arguments |= {one.name: 1 for one in capability.arguments if one.type is Type.INTEGER}
        context = CallContext(capability.name, arguments, "k", agent=0, agent_name="a", task=0, person=0)
        with pytest.raises(ConnectorError):
            connector.perform(nowhere, context)


@CONNECTOR
@pytest.mark.django_db
def test_a_look_at_what_became_of_a_thing_never_breaks_and_changes_nothing(connector: Connector):
    """Whatever a model wrote as arguments: an answer, None where it cannot tell, or that the place is gone."""
    path = builders.maildir("looked-at", {"Hello": "Hi"})
    before = sorted((str(one), one.stat().st_mtime_ns) for one in path.rglob("*"))
    for place in (str(path), "/nonexistent"):
        connection = ConnectionContext(0, "a place", {"path": place, "address": "x@example.com"})
        for name in [*(one.name for one in connector.capabilities), f"{connector.kind}.unknown"]:
            declared = connector.capability(name)
            names = [one.name for one in declared.arguments] if declared else []
            for value in (
                "x",
                "",
                None,
                7,
                ["a"],
                {"a": [1]},
                "../../etc",
                "a\x00b",
                "\ud800",
                "x" * 100_000,
            ):
                context = CallContext(
                    name, dict.fromkeys(names, value), "k", agent=0, agent_name="a", task=0, person=0
                )
                try:
                    seen = connector.observe(connection, context)
                except ConnectorError:
                    assert place == "/nonexistent", value
                    continue
                assert seen is None or (0 < len(seen.text) <= 300 and seen.same in (True, False, None))
    assert sorted((str(one), one.stat().st_mtime_ns) for one in path.rglob("*")) == before
