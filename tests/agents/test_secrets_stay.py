"""No secret of a connection comes out anywhere: every connector is run whole, then everything is searched for it."""

import json
import logging
import logging.config
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import connection as database
from django.urls import reverse

from agents.connections import actions, health
from agents.connections.models import Connection
from agents.connectors.base import ConnectorError
from agents.queue.models import Call, Task
from portal import env
from portal.audit.models import Entry
from tests.agents import playgrounds
from tests.agents.secret_places import Places, run
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
SECRET = playgrounds.SECRET
PARTS = ("k7-geheim", "azctZ2VoZWlt")  # as it is, and in base64


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """All that is logged, at every level, as the portal writes it."""
    stream, root = StringIO(), logging.getLogger()
    logging_as_set = env.logs("PORTAL_LOG_LEVEL")
    made = logging.config.DictConfigurator(logging_as_set).configure_formatter(
        logging_as_set["formatters"]["line"]
    )  # type: ignore[attr-defined]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(made)
    before, root.level = root.level, logging.DEBUG
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


def everything() -> Iterator[tuple[str, str]]:
    """Each row of each table, as text; encrypted columns too."""
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            for (text,) in cursor.fetchall():
                yield table, text


def test_no_secret_comes_out(
    cast: Cast, tmp_path: Path, settings: Any, lines: StringIO, capfd: Any, monkeypatch: pytest.MonkeyPatch
):
    places = Places(cast, tmp_path, settings, monkeypatch)
    with ExitStack() as stack:
        for place, arguments in places.made(stack):
            actions.test(cast.ada, place)
            run(cast, place, arguments)
            Connection.objects.filter(pk=place.pk).update(check_at="2020-01-01T00:00Z")
            heard(place)
        health.beat()
    call_command("rotate_keys")

    shown = [*everything(), ("log", lines.getvalue()), ("output", "".join(capfd.readouterr()))]
    shown += [("entry", f"{entry} {json.dumps(entry.shown)}") for entry in Entry.objects.all()]
    urls = ["/", "/connections/", "/keys/", "/tasks/"]
    urls += [f"/connections/{pk}/{part}" for pk in _numbers(Connection) for part in ("", "edit/")]
    urls += [f"/tasks/{pk}/" for pk in _numbers(Task)]
    shown += [(url, as_(who).get(url).text) for who in (cast.ada, cast.mia) for url in urls]
    shown += [("my data", file) for file in _files(as_(cast.mia).post(reverse("rights:export")))]
    shown.append(("trail", as_(cast.aud).get(reverse("audit:export")).text))
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.environ)"], capture_output=True, text=True
    )
    shown += [("child", child.stdout), ("environment", str(dict(os.environ)))]
    shown += [(f"process {one.pid}", str(one.environ())) for one in psutil.Process().children(recursive=True)]
    assert sum(where == "my data" for where, _ in shown) > 20, "a file for each table"
    found = {where for where, text in shown for part in PARTS if part in text}
    assert found == set()
    done = set(Call.objects.filter(state=Call.State.DONE).values_list("connection__kind", flat=True))
    assert done == places.kinds.keys() - places.missing.keys(), "every connector did something"
    if "mail on a server" not in places.missing:
        did = dict(Call.objects.filter(state=Call.State.DONE).values_list("connection__name", "capability"))
        assert {"On a server: password", "On a server: token"} <= did.keys()
        assert "refused the sign-in" in Connection.objects.get(name="On a server: refused").check_note
    assert "signing in with •••" in lines.getvalue(), "it was there to be found"
    assert "broken at •••" in lines.getvalue()
    assert any("wrong key: •••" in text for where, text in shown if where == "agents_call")
    if places.missing:
        pytest.skip(f"all the others keep theirs; {' '.join(places.missing.values())}")


def heard(place: Connection) -> None:
    """What the process that listens does with it, for a moment."""
    stopped = threading.Event()
    if place.connector.hears(place.settings):
        with suppress(ConnectorError):
            place.connector.listen(place.context(), stopped.set, stopped)


def _numbers(model: Any) -> list[int]:
    return list(model.objects.values_list("pk", flat=True))


def _files(answer: Any) -> list[str]:
    """What a ZIP that is sent piece by piece holds: packed, no word of it could be found."""

    async def read() -> bytes:
        return b"".join([piece async for piece in answer])

    with zipfile.ZipFile(BytesIO(async_to_sync(read)())) as packed:
        return [packed.read(name).decode() for name in packed.namelist()]
