"""What Slack waits for an answer, and how long a mention waits until it is a task and its thread hears of it.

``python -m tests.bench.slack_events [--events 200]``: a PostgreSQL, one web process, one worker of two processes and a
server that answers as Slack does, all on this machine. First 30 events one after the other, then so many at once.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil

from tests.bench.queue import ROOT, company, say, until
from tests.portal.machine import free_port, wait_until

EACH = 20  # mentions of one person: as many tasks as one may queue in an hour
ALONE = 30
QUIET = ("--lifespan", "off", "--log-level", "error")


class Workspace:
    """Linked people, and the events of their mentions."""

    def __init__(self, slack: Any, team: Any, events: int) -> None:
        from agents.connections import actions as connections
        from agents.connectors.slack.linking.models import Link
        from agents.connectors.slack.tests.incoming import SECRET
        from portal.audit.record import PORTAL
        from portal.people.models import Person
        from portal.teams import actions as teams
        from tests import builders

        self.slack, ada = slack, Person.objects.get(email__startswith="ada")
        place = connections.add(
            ada, kind="slack", name="Slack", team=team, settings={"api": slack.url, "outside": False},
            secret={"bot": "xoxb-1", "signing": SECRET},
        )  # fmt: skip
        self.place = connections.allow_inside(ada, place, places=["127.0.0.0/8"])
        self.accounts = []
        for number in range(-(-events // EACH)):
            person = Person.objects.create(email=f"bench{number}@example.com", display_name=f"Bench {number}")
            teams.add_member(PORTAL, team, person=person)
            builders.agent(person, team, name=f"Agent {number}")
            account = f"U{number}"
            Link.objects.create(
                connection=self.place, person=person, team="T1", account=account, room=f"D{number}"
            )
            self.accounts.append(account)

    def event(self, number: int) -> bytes:
        told = {
            "type": "app_mention",
            "user": self.accounts[number // EACH],
            "text": "<@UAPP> sort the inbox",
        }
        told |= {"channel": f"C{number}", "ts": f"1.{number}"}
        body = {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": told}
        return json.dumps(body).encode()


def send(address: str, body: bytes) -> float:
    """Signed, as Slack sends it. Milliseconds until the answer."""
    from agents.connectors.slack.arriving.signatures import SIGNATURE, STAMP, sign
    from agents.connectors.slack.tests.incoming import SECRET

    stamp = str(int(time.time()))
    headers = {STAMP: stamp, SIGNATURE: sign(SECRET, stamp, body), "Content-Type": "application/json"}
    begun = time.monotonic()
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=60) as answer:
        assert answer.status == 200
    return 1000 * (time.monotonic() - begun)


def waits(place: Workspace, sent: dict[int, float]) -> tuple[list[float], list[float]]:
    """Of these events, seconds until each was a task, and until its thread was told."""
    from agents.connectors.slack.posting.models import TaskThread
    from agents.queue.models import Task

    tasks = dict(Task.objects.values_list("pk", "created_at"))
    queued = [
        tasks[task].timestamp() - sent[int(channel[1:])]
        for task, channel in TaskThread.objects.values_list("task", "channel")
        if int(channel[1:]) in sent
    ]
    told = [
        at - sent[int(post["channel"][1:])]
        for post, at in zip(place.slack.posts, place.slack.posted_at, strict=True)
        if post["text"].startswith("Queued") and int(post["channel"][1:]) in sent
    ]
    return queued, told


def show(what: str, times: list[float], unit: str) -> None:
    rows = sorted(times)
    say(
        f"{what}: {len(rows)}, median {statistics.median(rows):.2f} {unit}, "
        f"95 % {rows[int(len(rows) * 0.95)]:.2f} {unit}, longest {rows[-1]:.2f} {unit}"
    )


def measured(place: Workspace, address: str, numbers: range, *, at_once: bool) -> None:
    sent: dict[int, float] = {}
    answered: list[float] = []

    def one(number: int) -> None:
        sent[number] = time.time()
        answered.append(send(address, place.event(number)))

    before = len(place.slack.posts)
    threads = [threading.Thread(target=one, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
        if not at_once:
            thread.join()
            time.sleep(0.5)
    for thread in threads:
        thread.join()
    until(lambda: sum("Queued" in post["text"] for post in place.slack.posts[before:]), len(numbers))
    queued, told = waits(place, sent)
    say(f"{len(numbers)} events, {'at once' if at_once else 'one after the other'}")
    show("  answered to Slack", answered, "ms")
    show("  event to task", queued, "s")
    show("  event to the line in its thread", told, "s")


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--events", type=int, default=200)
    events = wanted.parse_args().events
    from portal import embedded

    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    server = embedded.Server(home)
    running: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        stack.callback(server.stop)
        server.start()
        os.environ |= server.variables
        os.environ |= {"PORTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portal.settings"}
        os.environ |= {"PORTAL_LOG_LEVEL": "ERROR", "PORTAL_HOSTS": "127.0.0.1"}
        agent = company(home)
        from agents.connectors.slack.tests.answers import answering

        place = Workspace(stack.enter_context(answering()), agent.team, events + ALONE + EACH)
        port = free_port()
        stack.callback(ended, running)
        for told in (
            [
                "-m",
                "uvicorn",
                "portal.asgi:application",
                "--port",
                str(port),
                "--lifespan",
                "off",
                "--log-level",
                "error",
            ],
            ["-m", "celery", "-A", "portal", "worker", "--concurrency", "2", "--loglevel", "ERROR"],
        ):
            running.append(
                subprocess.Popen(
                    [sys.executable, *told], cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
                )
            )
        address = f"http://127.0.0.1:{port}/slack/{place.place.pk}/"
        wait_until(lambda: alive(address), 60)
        send(address, place.event(events + ALONE))  # the worker has begun, and all is loaded
        until(lambda: len(place.slack.posts), 1)
        say(f"load {os.getloadavg()[0]:.1f}")
        measured(place, address, range(ALONE), at_once=False)
        measured(place, address, range(ALONE, ALONE + events), at_once=True)


def alive(address: str) -> bool:
    with suppress(OSError):
        try:
            urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError:
            return True
    return False


def ended(running: list[subprocess.Popen[bytes]]) -> None:
    for process in running:
        with suppress(psutil.NoSuchProcess):
            for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
                one.kill()
        process.wait()


if __name__ == "__main__":
    main()
