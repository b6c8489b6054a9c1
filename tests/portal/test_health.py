"""Health and figures: what lives, what is missing, what monitoring reads; and that none of it tells too much."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from agents.lifecycle.tasks import claim_task
from agents.queue.actions import put_off, queue, resume
from agents.queue.models import Task
from portal import broker
from portal.audit import seals
from portal.audit.models import Entry
from portal.audit.record import PORTAL
from portal.clock.models import Tick
from portal.health import readiness
from portal.health.models import Tally, count
from portal.reasons import because
from tests.cast import Cast
from tests.world import make_world

TOKEN = "a-token-of-sixteen-and-more"


@pytest.fixture(autouse=True)
def anew():
    readiness.forget()


@pytest.fixture
def ticking(db):
    for name in ("sweep", "send", "listen"):
        Tick.objects.create(name=name, begun_at=timezone.now(), done_at=timezone.now())


def ready(query: str = "") -> tuple[int, dict]:
    answer = Client().get(f"/readyz{query}")
    return answer.status_code, answer.json()


def test_a_process_lives_without_its_database(django_assert_num_queries, db):
    with django_assert_num_queries(0), override_settings(SECURE_SSL_REDIRECT=True):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_everything_is_there(ticking):
    code, said = ready()
    assert (code, said["ready"], said["broker"]) == (200, True, {"ok": True, "messages": broker.ready()})
    assert set(said) == {"ready", *readiness.LOOKS}
    assert said["sweep"]["age_seconds"] < 60


def test_a_load_balancer_asks_for_what_it_needs(db):
    """No clock was ever here, and pages are answered."""
    assert ready("?only=database,migrations")[0] == 200
    assert Client().get("/readyz?only=nonsense").status_code == 404
    code, said = ready()
    assert code == 503
    assert said["beat"] == {
        "ok": False,
        "problem": "no clock runs: start agent-portal-clock",
        "age_seconds": None,
    }


@pytest.mark.parametrize("name", ["beat", "sweep", "processes"])
def test_a_clock_that_stands_still(ticking, name):
    Tick.objects.update(
        **{"begun_at" if name == "beat" else "done_at": timezone.now() - timedelta(minutes=3)}
    )
    code, said = ready()
    assert (code, said[name]["ok"], said["database"]["ok"]) == (503, False, True)


def test_a_broker_that_is_away_and_missing_migrations(ticking, monkeypatch):
    monkeypatch.setattr(readiness, "_known", lambda: frozenset({("portal", "9999_later")}))
    with override_settings(BROKER_URL="redis://:hunter2@127.0.0.1:1/0"):
        monkeypatch.setattr(broker, "_asked", lambda: (_ for _ in ()).throw(OSError("hunter2")))
        code, said = ready()
    assert code == 503
    assert said["broker"]["problem"] == "it cannot be reached"
    assert said["migrations"]["problem"] == "1 are missing: run manage.py prepare"
    assert "hunter2" not in str(said)


def test_a_database_that_is_away_is_said_without_its_address(ticking, monkeypatch):
    def away() -> readiness.Look:
        raise OperationalError("connection to db.example.com failed: password hunter2")

    monkeypatch.setitem(readiness.LOOKS, "database", away)
    code, said = ready("?only=database")
    assert (code, said["database"]) == (503, {"ok": False, "problem": "it cannot be reached"})


def scraped(token: str = TOKEN) -> dict[str, dict[tuple[str, ...], float]]:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in families
    }


@pytest.mark.django_db
def test_figures_are_for_who_shows_the_token():
    assert Client().get("/metrics").status_code == 404
    with override_settings(METRICS_TOKEN=TOKEN):
        for shown in ("", "Bearer", f"Bearer {TOKEN[:-1]}", "Bearer unknown", TOKEN):
            answer = Client().get("/metrics", headers={"Authorization": shown} if shown else {})
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), shown


def test_the_figures(cast: Cast, django_assert_max_num_queries):
    count()
    world = make_world(cast)
    task = claim_task(queue(cast.mia, world.agent, instruction="Sort the inbox").pk, "w")
    put_off(PORTAL, task, why=because("model_waits", model="m", what="HTTP 503"), seconds=1)
    task = claim_task(queue(cast.mia, world.agent, instruction="Sort it again").pk, "w")
    resume(PORTAL, task, why=because("worker_gone"))
    Task.objects.filter(pk=task.pk).update(changed_at=timezone.now() - timedelta(hours=1))
    for _ in range(2):  # what was sealed already is not counted again
        seals.seal()
        count()
    with override_settings(METRICS_TOKEN=TOKEN), django_assert_max_num_queries(25):
        found = scraped()
    assert found["agent_connections_heard"] == {("wanted",): 1, ("taken",): 0, ("heard",): 0}
    assert found["agent_asks_waiting"] == {(): 1}
    assert found["agent_tasks"][("waiting",)] == Task.objects.filter(state="waiting").count()
    assert 3590 < found["agent_oldest_due_seconds"][()] < 3700
    assert found["agent_calls"][("ask",)] == 1
    assert found["agent_claims_lost"] == {(): 1}
    assert found["agent_model_errors"] == {("model_waits",): 1}
    assert found["agent_budget_refusals"] == {}
    assert found["portal_broker_up"] == {(): 1}
    assert found["portal_beat_age_seconds"][("sweep",)] < 60
    said = " ".join(str(labels) for family in found.values() for labels in family)
    for person in cast.everyone().values():
        assert person.email not in said
        assert person.display_name not in said


@pytest.mark.django_db
def test_no_words_of_anybody_become_a_label(cast: Cast):
    """An entry's reason may be what a person wrote, or a code that is none."""
    count()
    for why in ("mia", {"code": "Mia Park", "params": {}}, {"code": "ok_code"}, ["x"], None):
        Entry.objects.create(event="task.failed", actor_name="x", details={"why": why})
    seals.seal()
    count()
    assert set(Tally.objects.filter(event="task.failed").values_list("code", "number")) == {
        ("", 4),
        ("ok_code", 1),
    }
