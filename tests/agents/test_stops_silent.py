"""A worker that does not answer: a stop says how many there are, and another takes over what they do not act on."""

import time

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from agents.lifecycle.stops import set_stop
from agents.queue import claims
from agents.queue.models import Call, Task
from agents.stops.models import Stop
from portal import env
from tests.agents.gated import scene
from tests.cast import as_

pytestmark = pytest.mark.django_db(transaction=True)
SILENT = "Confirmed by all workers but 1 that does not answer"


def test_a_worker_that_does_not_answer_is_counted_until_it_does(cast):
    here = scene(cast)
    row = here.call("mail.list")
    Call.objects.filter(pk=row.pk).update(state=Call.State.STARTED)
    Task.objects.update(worker=f"{claims.process()}:1")
    stop = set_stop(cast.ada, scope=Stop.Scope.CONNECTION, connection=here.box, why="A drill")
    assert (stop.confirmed_at, stop.silent) == (None, 1)
    assert SILENT in " ".join(as_(cast.ada).get("/stops/").text.split())
    place = env.conninfo({**connection.settings_dict, "USER": settings.DATABASE_ROLE, "OPTIONS": {}})
    with psycopg.connect(place, autocommit=True, application_name=claims.process()) as shows:
        shows.execute("SELECT 1")
        assert stop.silent == 0
        assert "Set, and not confirmed yet" in " ".join(as_(cast.ada).get("/stops/").text.split())
    Call.objects.filter(pk=row.pk).update(state=Call.State.DONE)
    assert stop.silent == 0


def test_from_a_process_that_stands_still_another_takes_over(cast, monkeypatch):
    monkeypatch.setattr(claims, "STANDS_STILL", 1.0)
    here = scene(cast)
    Task.objects.update(worker=f"{claims.process()}:1", **claims.lease())
    assert not claims.orphans().exists()  # it has the claim's lock, and did not show itself yet
    place = env.conninfo({**connection.settings_dict, "USER": settings.DATABASE_ROLE, "OPTIONS": {}})
    with psycopg.connect(place, autocommit=True, application_name=claims.process()) as shows:
        shows.execute("SELECT 1")
        assert not claims.orphans().exists()
        time.sleep(1.1)
        assert list(claims.orphans()) == [here.task]
        shows.execute("SELECT 1")
        assert not claims.orphans().exists()
    assert list(claims.orphans()) == [here.task]  # its session was lost, and it did not come back
