"""Many deployments watched for an hour of simulated time: model calls, looks, queries a look; and how soon people hear.

``python -m tests.bench.wakes [--tasks 200]``: a PostgreSQL of its own, a scripted model behind the real protocol, and a
connector whose runs end when the bench says so. Each task is asked for once and parks. Its looks are made at the
simulated moment at which they are due. Then each run ends with a bad outcome that a system tells of: from there to the
notice in the portal, in this process (how long a job waits for a worker is measured by ``tests.bench.queue``).
"""

import argparse
import heapq
import os
import statistics
import time
from contextlib import ExitStack
from typing import Any

from tests.bench.own_database import own_database

HOUR = 3_600.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=200)
    many = options.parse_args().tasks
    with own_database(), ExitStack() as stack:
        from tests.openai_server import serving

        model = stack.enter_context(serving([("strange_read", {})]))
        os.environ |= {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "bench"}
        _measure(many, model)


def _measure(many: int, model: Any) -> None:
    from pathlib import Path

    from tests.bench.queue import company

    agent = company(Path(os.environ["PORTAL_HOME"]))
    from agents.connectors import connectors
    from agents.connectors.results import Awaited
    from agents.queue.models import Task
    from agents.queue.wakes import Wake
    from agents.registry.models import Agent
    from agents.runtime import loop
    from tests import builders
    from tests.agents.gated import Strange

    connector = connectors()["strange"] = Strange()
    place = builders.connections.add(_ada(), kind="strange", name="Strange", team=agent.team, settings={})
    builders.grant(agent, place, "strange.read", by=_ada())
    Agent.objects.filter(pk=agent.pk).update(model="openai:gpt-5-mini")
    connector.performs = lambda call: Awaited("a run", about=str(call.task), within=2 * HOUR, last=True)
    connector.sees = lambda cursor: Awaited("a run")
    for number in range(many):
        task = builders_queue(agent, place, number)
        loop.run(task.pk)
    parked = Task.objects.filter(state="waiting", worker="").count()
    print(f"{parked} of {many} tasks wait without a worker, {len(model.requests)} model calls so far")
    looks, queries, took = _an_hour()
    print(f"an hour: {looks} looks ({looks / many:.1f} a task), {len(model.requests)} model calls in all")
    print(f"a look: {statistics.median(queries)} queries, median {statistics.median(took) * 1000:.1f} ms")
    heard = [_told(connector, place, wake) for wake in Wake.objects.open().order_by("pk")[:50]]
    print(
        f"from what is heard to the notice: median {statistics.median(heard) * 1000:.0f} ms, at most ", end=""
    )
    print(
        f"{max(heard) * 1000:.0f} ms; {Task.objects.filter(state='succeeded').count()} tasks ended by rules"
    )
    print(
        f"{len(model.requests)} model calls in all, {Task.objects.exclude(worker='').count()} tasks have a worker"
    )


def _ada() -> Any:
    from portal.people.models import Person

    return Person.objects.get(email__startswith="ada")


def builders_queue(agent: Any, place: Any, number: int) -> Any:
    from agents.queue import actions
    from agents.registry.models import Agent

    now = Agent.objects.get(pk=agent.pk)
    envelope = [("strange.read", place.pk)]
    return actions.queue(now.owner, now, instruction=f"Follow run {number}.", envelope=envelope)


def _an_hour() -> tuple[int, list[int], list[float]]:
    """How many looks there were, and of each its queries and seconds."""
    from django.db import connection
    from django.db.models.functions import Now

    from agents.queue.wakes import Wake
    from agents.watching import looks

    due = [(wake.pause, wake.pk) for wake in Wake.objects.open()]
    heapq.heapify(due)
    queries, took = [], []
    while due and due[0][0] < HOUR:
        at, pk = heapq.heappop(due)
        Wake.objects.filter(pk=pk).update(due_at=Now())
        began = time.monotonic()
        asked: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, seen: list[str] = asked) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            looks.look(pk)
        took.append(time.monotonic() - began)
        queries.append(len(asked))
        heapq.heappush(due, (at + Wake.objects.get(pk=pk).pause, pk))
    return len(queries), queries, took


def _told(connector: Any, place: Any, wake: Any) -> float:
    from agents.connectors.base import Result
    from agents.connectors.results import Ended, Told
    from agents.watching import looks
    from portal.notices.models import Notice

    told = Told("connection.recovered", (_ada().email,), "/connections/", {"connection": "Shop"}, wake.about)
    ended = Ended(Result({"state": "worse"}, "It made it worse"), tells=(told,))
    connector.sees = lambda cursor: ended
    notices = Notice.objects.filter(kind="connection.recovered")
    before, began = notices.count(), time.monotonic()
    looks.heard(place.pk, wake.about)
    took = time.monotonic() - began
    assert notices.count() == before + 1
    return took


if __name__ == "__main__":
    main()
