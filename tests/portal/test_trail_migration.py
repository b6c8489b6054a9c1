"""A trail from before seals: it keeps its chain as the first segment, under its own rule."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.audit import chain, exporting
from portal.audit.models import Entry
from portal.audit.seals import Seal, seal
from portal.docs.verify_trail import verify
from portal.reasons import because
from tests.roles import superuser

BEFORE = [("portal", "0003_erasure")]


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def write(name: str) -> None:
    execute(
        "INSERT INTO portal_entry (event, actor_name, target_type, target_name, details, digest)"
        f" VALUES ('x.y', '{name}', '', '', '{{\"n\": 1.50, \"ä\": null}}', '')"
    )


@pytest.fixture
def old(db: None) -> Iterator[None]:
    """A schema beside the tests' own, migrated from a trail of ten chained entries."""
    with superuser():
        execute("CREATE SCHEMA old_trail; SET LOCAL search_path TO old_trail")
        MigrationExecutor(connection).migrate(BEFORE)
        for number in range(10):
            write(f"A {number}")
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        executor = MigrationExecutor(connection)
        executor.migrate([one for one in executor.loader.graph.leaf_nodes() if one[0] == "portal"])
        yield


def tamper(sql: str) -> None:
    execute("SET LOCAL session_replication_role = replica")
    execute(sql)
    execute("SET LOCAL session_replication_role = origin")


def test_it_stays_verified_and_goes_on(old):
    assert chain.fault() == {}
    first = Seal.objects.get()
    assert (first.rule, first.segment, first.entries, first.covers) == (1, 1, 10, "{[1,11)}")
    write("B")
    assert Entry.objects.latest("id").pk == 11
    seal()
    assert list(Seal.objects.values_list("segment", "rule", "entries")) == [(1, 1, 10), (2, 2, 1)]
    assert chain.fault() == {}
    assert list(verify(exporting.lines(exporting.newest(100)))) == [1, 2]
    digest = Entry.objects.earliest("id").digest_hex
    assert chain.holds(1, digest), "what an older version printed"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE portal_entry SET actor_name = 'x' WHERE id = 4", because("trail.entry", entry=4)),
        ("DELETE FROM portal_entry WHERE id = 4", because("trail.entry", entry=5)),
        ("DELETE FROM portal_entry WHERE id = 10", because("trail.removed", entry=10)),
        ("UPDATE portal_seal SET rule = 2", because("trail.seal", seal=1)),
    ],
)
def test_what_was_changed_in_it_is_found(old, change, fault):
    tamper(change)
    assert chain.fault() == fault
