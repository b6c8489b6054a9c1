"""The role that the portal works as: it reads and writes, and cannot rewrite what is on the record."""

import pytest
from django.apps import apps
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from metering.workers import partitions, retention
from portal import database_roles
from portal.embedded.places import OWNER, PLAIN
from tests.cast import Cast
from tests.roles import superuser

pytestmark = pytest.mark.django_db
ON_RECORD = ("portal_entry", "portal_seal", "metering_usageevent", "metering_usagekey")


def answer(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def rows(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor}


def refused(sql: str) -> None:
    denied = "permission denied|must be owner|must be able to SET ROLE|may not|not old enough"
    with pytest.raises(DatabaseError, match=denied), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", ON_RECORD)
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM {}",
        "TRUNCATE {}",
        "TRUNCATE {} CASCADE",
        "DROP TABLE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} ADD COLUMN extra int",
        "ALTER TABLE {} RENAME TO gone",
        f"ALTER TABLE {{}} OWNER TO {PLAIN}",
        "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION portal_entry_append_only()",
        "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
        "CREATE INDEX ON {} ((1))",
        "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_what_is_on_the_record_stays(table: str, sql: str) -> None:
    refused(sql.format(table))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE portal_entry SET actor_name = 'Nobody'",
        "UPDATE metering_usageevent SET cost_micros = 0",
        "UPDATE metering_usagekey SET figures = 0",
        "UPDATE portal_seal SET entries = 0",
        "INSERT INTO portal_seal SELECT * FROM portal_seal",
        "INSERT INTO portal_archivedsegment (segment, file, sha256) VALUES (1, '', '')",
        "UPDATE django_migrations SET name = 'x'",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER FUNCTION portal_entry_append_only() RENAME TO gone",
        "DROP FUNCTION portal_entry_append_only() CASCADE",
        "COPY portal_entry TO PROGRAM 'true'",
    ],
)
def test_the_ways_around_are_closed(sql: str) -> None:
    refused(sql)


@pytest.mark.parametrize("table", ON_RECORD)
def test_the_role_gives_itself_nothing(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON {table} TO {PLAIN}")  # a warning, and nothing is given
    assert answer(f"SELECT has_table_privilege('{table}', 'DELETE')") is False


def test_the_role_is_nobody_else() -> None:
    assert answer("SELECT current_user") == PLAIN
    flags = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
    assert answer(f"SELECT {flags} FROM pg_roles WHERE rolname = current_user") is False
    assert answer(f"SELECT pg_has_role('{PLAIN}', '{OWNER}', 'MEMBER')") is False


def test_every_table_is_owned_by_the_other_and_decided_about() -> None:
    """A table that is no model's and that nobody decided about fails here: name it in an app's GRANTS."""
    ours = "relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
    assert rows(f"SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE {ours}") == {OWNER}
    tables = rows(f"SELECT relname FROM pg_class WHERE {ours}")
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables - models <= set(database_roles.decided())
    assert set(database_roles.decided()) <= tables


def test_what_a_guard_watches_is_never_given_whole() -> None:
    """A table with a guard (a trigger that ends in _append_only) gives nothing that the guard exists to refuse."""
    guarded = rows("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%append_only'")
    assert {"portal_entry", "metering_usageevent"} <= guarded
    for table in guarded:
        for right in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"):
            assert answer(f"SELECT has_table_privilege('{table}', '{right}')") is False, (table, right)


def test_a_new_table_gets_its_rights_with_the_migration() -> None:
    with superuser(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE later (id int); ALTER TABLE later OWNER TO {OWNER}")
        cursor.execute(f"SET ROLE {OWNER}")
        database_roles.apply()
        cursor.execute("SET ROLE NONE")
    for right, given in {"SELECT": True, "DELETE": True, "TRUNCATE": False, "TRIGGER": False}.items():
        assert answer(f"SELECT has_table_privilege('later', '{right}')") is given


def test_functions_that_do_more_than_the_role_may_are_few_and_safe() -> None:
    definers = "prosecdef AND pronamespace = 'public'::regnamespace"
    assert rows(f"SELECT proname FROM pg_proc WHERE {definers}") == DEFINERS
    for config in rows(f"SELECT proconfig::text FROM pg_proc WHERE {definers}"):
        assert "search_path=public, pg_temp" in config
    assert rows(f"SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE {definers}") == {OWNER}
    for name in rows(f"SELECT oid::regprocedure::text FROM pg_proc WHERE {definers}"):
        assert answer(f"SELECT has_function_privilege('public', '{name}', 'EXECUTE')") is False


DEFINERS = {"portal_seal_trail", "metering_make_partition", "metering_drop_month"}


def test_months_come_and_go_all_the_same(cast: Cast) -> None:
    partitions()
    retention()


def test_one_role_for_both_is_found_and_named() -> None:
    found = {one.id for one in checks.run_checks(include_deployment_checks=True)}
    assert not found & {"portal.W001", "portal.W003"}
    with superuser():
        said = [one for one in checks.run_checks(include_deployment_checks=True) if one.id == "portal.W001"]
    assert "is the superuser" in said[0].msg
    with superuser(), connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {OWNER}")
        said = [one for one in checks.run_checks(include_deployment_checks=True) if one.id == "portal.W001"]
        cursor.execute("SET ROLE NONE")
    assert "owns django_migrations, metering_usageevent, metering_usagekey, portal_" in said[0].msg
    call_command("check")
