"""A data folder from before the codes: its sentences become rows that only their own person reads, and back."""

import json
from importlib import import_module

import pytest
from django.db import connection

from portal.reasons import OTHERS, YOU, render_reason

migration = import_module("agents.migrations.0007_reasons")
pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def test_a_sentence_of_before_is_read_by_its_own_person_only():
    rows("CREATE TEMP TABLE was (reason varchar(500))")
    rows("INSERT INTO was VALUES (''), ('The model’s own “words”')")
    rows(migration.REASON.format(table="was", column="reason"))
    stored = [json.loads(text) for (text,) in rows("SELECT reason::text FROM was")]
    assert sorted(render_reason(one, YOU) for one in stored) == ["", "The model’s own “words”"]
    assert not any("words" in render_reason(one, OTHERS) for one in stored)
    rows(migration.SENTENCE.format(table="was", column="reason", length=500))
    assert sorted(rows("SELECT reason FROM was")) == [("",), ("The model’s own “words”",)]


def test_the_reasons_of_a_call_keep_their_codes():
    rows("CREATE TEMP TABLE agents_call (reasons jsonb)")
    rows("""INSERT INTO agents_call VALUES ('[]'), ('[{"code": "granted", "text": "It is covered."}]')""")
    rows(migration.CALLS)
    (stored,) = rows("SELECT reasons -> 0 ->> 'code', reasons::text FROM agents_call WHERE reasons <> '[]'")
    assert stored[0] == "granted"
    assert "It is covered." in stored[1]
    rows(migration.CALLS_BACK)
    assert rows("SELECT reasons -> 0 ->> 'text' FROM agents_call WHERE reasons <> '[]'") == [
        ("It is covered.",)
    ]
    rows("DROP TABLE pg_temp.agents_call")
