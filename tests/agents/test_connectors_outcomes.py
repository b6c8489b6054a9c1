"""The contract of every connector about work items: what a call brought, and the system's word on it."""

import contextlib
import itertools
from pathlib import Path
from typing import Any

import pytest

from agents.connectors import connectors
from agents.connectors.base import CallContext, ConnectionContext, Connector, ConnectorError, Result
from agents.policy.declarations import Effect
from metering.outcomes.claims import folded, wrong
from tests.agents import playgrounds

CONNECTOR = pytest.mark.parametrize("connector", connectors().values(), ids=connectors().keys())
VALUES = ("x", "", None, 7, ["a"], {"a": [1]}, "../../etc", "a\x00b", "\ud800", "x" * 100_000)


def contexts(connector: Connector):
    for name in [*(one.name for one in connector.capabilities), f"{connector.kind}.unknown"]:
        declared = connector.capability(name)
        names = [one.name for one in declared.arguments] if declared else []
        for value in VALUES:
            yield CallContext(
                name, dict.fromkeys(names, value), "k", agent=0, agent_name="a", task=0, person=0
            )


@CONNECTOR
def test_what_a_call_brought_is_named_whatever_its_arguments(connector: Connector):
    for context, result in itertools.product(
        contexts(connector), (Result(None, ""), playgrounds.ended(connector.kind))
    ):
        items = connector.items(context, result)
        assert items == connector.items(context, result), "the same call brings the same"
        declared = connector.capability(context.capability)
        assert not items or (declared and declared.effect not in (Effect.READ, Effect.FETCH))
        for item in items:
            assert wrong(connector.system(ConnectionContext(1, "a place", {})), item.external_id) == ""
            assert len(item.title) <= 200
    other = CallContext("x", {}, "k", agent=0, agent_name="a", task=0, person=0)
    assert connector.items(other, Result(None, "")) == ()


@CONNECTOR
def test_places_are_systems_of_their_own(connector: Connector):
    names = {folded(connector.system(ConnectionContext(number, "a place", {}))) for number in (1, 11, 12)}
    assert len(names) == 3
    assert all(connector.kind in name for name in names)


@CONNECTOR
@pytest.mark.django_db
def test_the_word_on_what_is_not_there_is_none_and_nothing_changes(
    connector: Connector, tmp_path: Path, settings: Any
):
    place = playgrounds.made(connector.kind, tmp_path, settings)
    before = sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    for number in ("", "x", "0" * 24, "a" * 10_000, "a\x00b", "\ud800", "../../etc"):
        assert connector.verified(place.connection, number) is None
        if place.gone:
            with contextlib.suppress(ConnectorError):
                assert connector.verified(place.gone, number) is None
    assert sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*")) == before


def test_who_brings_items_has_a_word_on_them():
    """An item that nothing can ever verify would be a promise that nobody keeps."""
    for connector in connectors().values():
        brings = any(
            connector.items(context, playgrounds.ended(connector.kind)) for context in contexts(connector)
        )
        answers = type(connector).verified is not Connector.verified
        assert brings is answers, connector.kind
