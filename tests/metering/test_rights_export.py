"""My data: every table with a key to a person is in the export or excused, and nothing of others is in it."""

import json
from io import BytesIO
from secrets import token_hex
from zipfile import ZipFile

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.test import AsyncClient
from django.urls import reverse

from metering.rights.export import CHUNK, chunks
from portal.audit.models import Entry
from portal.people.models import Person
from portal.plugins import personal_data
from tests.cast import as_
from tests.metering.builders import permit, used
from tests.world import make_world


def archive(person) -> ZipFile:
    return ZipFile(BytesIO(b"".join(chunks(person))))


def rows(person, table: str) -> list[dict]:
    return json.loads(archive(person).read(f"{table}.json"))


def test_every_key_to_a_person_is_in_a_table_of_my_data_or_excused():
    keys = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model is Person
    }
    covered = {key for part in personal_data() for table in part.tables for key in table.covers()}
    excused = {key for part in personal_data() for key in part.exempt}
    assert sorted(keys - covered - excused) == []
    assert sorted(excused - keys) == [], "excused, and not there"
    assert all(reason.strip() for part in personal_data() for reason in part.exempt.values())


def test_names_of_files_are_there_once_and_the_person_s_own_row_comes_last():
    tables = [table for part in personal_data() for table in part.tables]
    assert len({table.name for table in tables}) == len(tables)
    assert (tables[-1].model, tables[-1].keys) == ("portal.Person", ("pk",))


def test_the_download_holds_a_file_for_each_table(cast):
    world = make_world(cast)
    used(cast.mia, cast.support)
    answer = as_(cast.mia).post(reverse("rights:export"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    with pytest.warns(Warning, match="asynchronous"):  # the test's client is no web server
        file = ZipFile(BytesIO(b"".join(answer)))
    assert file.testzip() is None
    names = {table.name for part in personal_data() for table in part.tables}
    assert set(file.namelist()) == {f"{name}.json" for name in names} | {"READ-ME.txt"}
    told = {task["id"]: task["instruction"] for task in json.loads(file.read("tasks.json"))}
    assert told[world.task.pk] == "Post hello to Lea"
    (call,) = json.loads(file.read("usage-calls.json"))
    assert (call["input_tokens"], call["cost_micros"], call["person"]) == (1000, 2000, "Mia Park")
    assert [row["name"] for row in json.loads(file.read("agents.json"))] == [world.agent.name]
    assert json.loads(file.read("asks.json"))[0]["id"] == world.ask.pk
    assert Entry.objects.filter(event="person.exported", actor=cast.mia).exists()


def test_nothing_that_opens_something_leaves(cast):
    make_world(cast)
    file = archive(cast.mia)
    everything = b"".join(file.read(name) for name in file.namelist())
    assert cast.mia.password.encode() not in everything
    for name in ("password", "secret", "session_epoch", "key"):
        assert f'"{name}":'.encode() not in everything.replace(file.read("usage-calls.json"), b"")


def test_the_export_holds_nothing_about_others(cast):
    make_world(cast)
    used(cast.mia, cast.support)
    for person in (cast.lea, cast.olga):
        assert rows(person, "usage-calls") == rows(person, "usage-days") == rows(person, "tasks") == []
    assert rows(cast.olga, "permits") == []
    assert len(rows(cast.mia, "permits")) == 3, "permits about her team, and about her"
    assert [row["email"] for row in rows(cast.lea, "profile")] == [cast.lea.email]
    reports = set(cast.lea.reports.values_list("display_name", flat=True))
    assert {row["display_name"] for row in rows(cast.lea, "reports")} == reports >= {"Mia Park"}


def test_only_a_post_exports(cast):
    assert as_(cast.mia).get(reverse("rights:export")).status_code == 405


def test_much_is_sent_in_pieces(cast, django_assert_max_num_queries):
    Entry.objects.bulk_create(
        Entry(event="x.y", actor=cast.mia, actor_name="Mia Park", details={"n": token_hex(100)})
        for _ in range(6000)
    )
    with django_assert_max_num_queries(74):
        pieces = list(chunks(cast.mia))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 4 * CHUNK
    assert len(json.loads(ZipFile(BytesIO(b"".join(pieces))).read("trail.json"))) >= 6000


def test_the_page_names_every_table_and_offers_what_one_can_do(cast):
    permit(cast.lea, cast.support, by=cast.ada)
    text = as_(cast.mia).get(reverse("rights:mine")).text
    for part in personal_data():
        for table in part.tables:
            assert f">{table.name}<" in text
    for words in (
        "Download everything",
        "Report usage",
        "Turn off hints for me",
        "budget request 88",
    ):
        assert words in text


def test_the_web_server_sends_it_in_pieces_without_a_warning(cast, recwarn):
    used(cast.mia, cast.support)

    async def sent() -> list[bytes]:
        client = AsyncClient()
        await client.aforce_login(cast.mia, backend="django.contrib.auth.backends.ModelBackend")
        answer = await client.post(reverse("rights:export"))
        return [piece async for piece in answer]

    file = ZipFile(BytesIO(b"".join(async_to_sync(sent)())))
    assert len(json.loads(file.read("usage-calls.json"))) == 1
    assert not [one for one in recwarn if "synchronous" in str(one.message)]
