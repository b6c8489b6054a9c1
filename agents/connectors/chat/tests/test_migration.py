"""The chat's table: taken over with its rows where there is one, made alike where not, gone without the chat."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from agents.connectors.chat.models import ChatMessage
from agents.connectors.chat.tests.test_pages import post
from tests.cast import Cast
from tests.roles import superuser

pytestmark = pytest.mark.django_db
TABLE = "agents_chatmessage"
SHAPE = """
    SELECT 'column', attname::text, concat_ws(' ', attnum, format_type(atttypid, atttypmod), attnotnull, attidentity)
        FROM pg_attribute WHERE attrelid = %(table)s::regclass
    UNION SELECT 'constraint', conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE conrelid = %(table)s::regclass
    UNION SELECT 'index', indexname, indexdef FROM pg_indexes WHERE tablename = %(table)s
    ORDER BY 1, 2
"""
handing = import_module("agents.migrations.0014_messages_to_their_plugin")
taking = import_module("agents.connectors.chat.migrations.0001_initial")


def shape() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SHAPE, {"table": TABLE})
        return cursor.fetchall()


def migrate() -> None:
    """Both migrations, as on a data folder of before."""
    with superuser():
        with connection.schema_editor() as editor:
            handing.hand_over(apps, editor)
        state = MigrationLoader(connection).project_state([("chat", "0001_initial")])
        with connection.schema_editor() as editor:
            for operation in taking.Migration.operations:
                operation.database_forwards("chat", editor, ProjectState(), state)


def test_rows_of_before_stay(cast: Cast) -> None:
    message = post(cast, "Posted long ago", to_person=cast.lea)
    before = shape()
    migrate()
    assert ChatMessage.objects.get().text == message.text
    assert shape() == before


def test_a_table_that_is_made_anew_is_the_same() -> None:
    before = shape()
    with superuser(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")
    migrate()
    assert shape() == before


def test_without_the_chat_the_table_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[Any] = [model for model in apps.get_models() if model is not ChatMessage]
    monkeypatch.setattr(handing.installed, "get_models", lambda: others)
    with superuser(), connection.schema_editor() as editor:
        handing.hand_over(apps, editor)
    assert TABLE not in connection.introspection.table_names()
