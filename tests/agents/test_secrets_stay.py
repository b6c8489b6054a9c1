"""No secret of a connection comes out anywhere: every connector is run whole, then everything is searched for it."""

import importlib
import json
import logging
import logging.config
import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.core.management import call_command
from django.db import connection as database
from django.urls import reverse

from agents import gate
from agents.connections import actions, health
from agents.connections.models import Connection
from agents.connectors import connectors
from agents.connectors.base import CallContext, Checked, ConnectionContext, ConnectorError, Result
from agents.queue.models import Call, Task
from agents.registry.models import Agent
from portal import env
from portal.audit.models import Entry
from tests import builders
from tests.agents import playgrounds, transcripts
from tests.agents.gated import Strange
from tests.cast import Cast, as_

pytestmark = pytest.mark.django_db
SECRET = playgrounds.SECRET
PARTS = ("k7-geheim", "azctZ2VoZWlt")  # as it is, and in base64


class Leaky(Strange):
    """What a library or a server may do: repeat what it was sent, in every place that a connector has."""

    kind = "strange"
    secret_title = "Key"

    def check(self, connection: ConnectionContext) -> Checked:
        logging.getLogger("a.library").warning("signing in with %s", connection.secret)
        return Checked(f"hello {connection.secret}", {"strange.write": f"not for {connection.secret}"})

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        match call.arguments["text"]:
            case "fails":
                raise ConnectorError(f"wrong key: {connection.secret}")
            case "breaks":
                raise RuntimeError(f"broken at {connection.secret}")
        return Result({"sent": [connection.secret], connection.secret: 1}, f"did it as {connection.secret}")

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        raise ConnectorError(f"cannot tell with {connection.secret}")


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


def run(cast: Cast, place: Connection, arguments: dict[str, list[dict[str, Any]]]) -> None:
    """Every capability through the gate, in a task of Mia's."""
    agent = builders.agent(cast.mia, cast.support, name=f"Agent of {place.kind}")
    for capability in place.connector.capabilities:
        builders.grant(agent, place, capability.name, by=cast.ada)
    words = [str(value) for several in arguments.values() for given in several for value in given.values()]
    task = transcripts.running(cast.mia, agent, f"Do all that you can, with {' '.join(words)}")
    position = 0
    for capability, several in arguments.items():
        for given in several:
            position += 1
            gate.call(
                task,
                transcripts.step(task, position),
                0,
                tool_call_id=f"call-{position}",
                tool_name=capability.replace(".", "_"),
                capability=capability,
                connection=place.pk,
                arguments=given,
            )


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
    every, missing = {**connectors(), "strange": Leaky()}, []
    leaky = {"strange.write": ["writes", "breaks"], "strange.read": ["fails", "reads"]}
    for kind, connector in list(every.items()):
        monkeypatch.setitem(connectors(), kind, connector)
        if kind == "strange":
            where, inside, arguments = (
                {},
                [],
                {name: [{"text": text} for text in texts] for name, texts in leaky.items()},
            )
        else:
            module = importlib.import_module(f"agents.connectors.{kind}.tests.playground")
            if hasattr(module, "make_cast"):
                monkeypatch.setattr(module, "make_cast", lambda: cast)
            try:
                ground = playgrounds.made(kind, tmp_path / kind, settings)
            except pytest.skip.Exception as reason:
                missing.append(str(reason))
                del every[kind]
                continue
            inside = [str(network) for network in ground.connection.inside]
            Agent.objects.filter(name="Inbox triage").update(name=f"Another of {kind}")
            where, arguments = ground.connection.settings, {n: [dict(a)] for n, a in ground.arguments.items()}
        secret: Any = {one.name: f"{SECRET}-{one.name}" for one in connector.secrets} or SECRET
        place = actions.add(
            cast.ada, kind=kind, name=f"My {kind}", team=cast.support, settings=where, secret=secret
        )
        actions.allow_inside(cast.ada, place, places=inside)
        actions.test(cast.ada, place)
        run(cast, place, arguments)
        Connection.objects.filter(pk=place.pk).update(check_at="2020-01-01T00:00Z")
        place.refresh_from_db()
    health.beat()
    call_command("rotate_keys")

    shown = [*everything(), ("log", lines.getvalue()), ("output", "".join(capfd.readouterr()))]
    shown += [("entry", f"{entry} {json.dumps(entry.shown)}") for entry in Entry.objects.all()]
    urls = ["/", "/connections/", "/keys/", "/tasks/"]
    urls += [f"/connections/{pk}/{part}" for pk in _numbers(Connection) for part in ("", "edit/")]
    urls += [f"/tasks/{pk}/" for pk in _numbers(Task)]
    shown += [(url, as_(who).get(url).text) for who in (cast.ada, cast.mia) for url in urls]
    shown.append(("my data", _whole(as_(cast.mia).post(reverse("rights:export")))))
    shown.append(("trail", _whole(as_(cast.aud).get(reverse("audit:export")))))
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.environ)"], capture_output=True, text=True
    )
    shown += [("child", child.stdout), ("environment", str(dict(os.environ)))]
    shown += [(f"process {one.pid}", str(one.environ())) for one in psutil.Process().children(recursive=True)]
    found = {where for where, text in shown for part in PARTS if part in text}
    assert found == set()
    done = Call.objects.filter(state=Call.State.DONE).values_list("connection__kind", flat=True)
    assert set(done) == set(every), "every connector did something"
    assert "signing in with •••" in lines.getvalue(), "it was there to be found"
    assert "broken at •••" in lines.getvalue()
    assert any("wrong key: •••" in text for where, text in shown if where == "agents_call")
    if missing:
        pytest.skip(f"all the others keep theirs; {' '.join(missing)}")


def _numbers(model: Any) -> list[int]:
    return list(model.objects.values_list("pk", flat=True))


def _whole(answer: Any) -> str:
    return b"".join(answer).decode(errors="replace")
