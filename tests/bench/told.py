"""Notices at size: the mail server away for an hour, a stop that concerns everybody, and how soon a person is told.

``python -m tests.bench.told [--people 500] [--each 20] [--company 10000] [--events 30]``: a PostgreSQL of its own and a
real mail server (aiosmtpd). First people × each notices are told while nothing listens on the mail server's port and
the delivery's clock is moved an hour on; some matters are settled meanwhile, every second one behind the back of its
action. Then the server is there. Then everything is stopped in a company of so many people. Last a worker and a clock
run, and so many events happen, one by one: how long until the mail is there. A part with 0 is left out.
"""

import argparse
import email
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.policy import default
from typing import Any

from tests.bench.own_database import own_database
from tests.bench.queue import ROOT, say, workers
from tests.portal.machine import free_port

HOUR, STEPS, WORKERS = timedelta(hours=1), 60, 2


def company() -> Any:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from portal import broker
    from tests.cast import make_cast

    broker.ensure()
    return make_cast()


def people(many: int) -> list[Any]:
    from portal.people.models import Person

    rows = (
        Person(email=f"p{number}@example.com", display_name=f"Person {number}", password="x")
        for number in range(many)
    )
    return Person.objects.bulk_create(rows)


@contextmanager
def mail_server(port: int) -> Iterator[Any]:
    from tests.portal.post_office import Controller, Post

    post = Post()
    post.controller = Controller(post, hostname="127.0.0.1", port=port)
    post.controller.start()
    try:
        yield post
    finally:
        post.controller.stop()


def at_once() -> int:
    """Several workers; how many notices went out."""
    from django.db import connection

    from portal.notices import delivering

    sent = []

    def work() -> None:
        try:
            sent.append(delivering.deliver())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(sent)


def hour_away(port: int, many: int, each: int) -> None:
    from agents.stops.models import Stop
    from portal.notices import delivering
    from portal.notices.models import UNSENT, Delivery, Notice
    from portal.notices.telling import settle, tell
    from portal.sessions import database_now

    later = timedelta()
    delivering.database_now = lambda: database_now() + later
    to, over, begun = people(many), set[int](), time.monotonic()
    for number in range(STEPS):
        if number < each:
            stop = Stop.objects.create(scope="capability", capability=f"bench.{number}", why="A drill")
            tell(to, "stop.set", stop, "/stops/", who="Ada", what=stop.capability, why="A drill")
            if number % 4 == 3:
                over.add(stop.pk)
                Stop.objects.filter(pk=stop.pk).update(lifted_at=database_now(), lifted_by=to[0])
                if number % 8 == 3:
                    settle(stop)
        later += HOUR / STEPS
        at_once()
    told = Notice.objects.count()
    say(f"{told} notices told while the mail server is away for an hour: {time.monotonic() - begun:.1f} s")
    later += HOUR / 2
    begun = time.monotonic()
    with mail_server(port) as post:
        while Delivery.objects.filter(UNSENT).exists():
            at_once()
        took = time.monotonic() - begun
        arrived = read(post.letters)
    wanted = dict(Notice.objects.exclude(about_id__in=over).values_list("id", "person__email"))
    flat = [(notice, address) for address, numbers in arrived.items() for notice in numbers]
    say(
        f"{len(post.letters)} mails in {took:.1f} s; {len(flat)} notices arrived, {len(set(flat))} different; "
        f"all that count: {dict(flat) == wanted}; in order per person: "
        f"{all(numbers == sorted(numbers) for numbers in arrived.values())}; "
        f"of {told - len(wanted)} settled ones {len(set(dict(flat)) - set(wanted))}"
    )
    delivering.database_now = database_now


def read(letters: list[Any]) -> dict[str, list[int]]:
    """By address the notices that its mails name, as they came."""
    found: dict[str, list[int]] = defaultdict(list)
    for letter in letters:
        made: Any = email.message_from_bytes(letter.content or b"", policy=default)
        text = made.get_body(("plain",)).get_content()
        found[letter.rcpt_tos[0]] += [int(number) for number in re.findall(r"/notices/(\d+)/\s", text)]
    return found


def stop_all(cast: Any, many: int) -> None:
    from agents.lifecycle.stops import lift_stop, set_stop
    from agents.stops.models import Stop
    from portal.notices.models import Notice
    from portal.people.models import Person

    people_there = Person.objects.count()
    if many > people_there:
        rows = (
            Person(email=f"q{number}@example.com", display_name=f"Q {number}", password="x")
            for number in range(many - people_there)
        )
        Person.objects.bulk_create(rows)
    set_, lifted = [], []
    for _ in range(3):
        Notice.objects.all().delete()
        begun = time.monotonic()
        stop = set_stop(cast.ada, scope=Stop.Scope.EVERYTHING, why="A drill")
        set_.append(time.monotonic() - begun)
        told = Notice.objects.filter(kind="stop.set").count()
        begun = time.monotonic()
        lift_stop(cast.ada, stop)
        lifted.append(time.monotonic() - begun)
    say(
        f"a stop of everything, {told} people told by mail too: set in {statistics.median(set_):.2f} s, "
        f"lifted in {statistics.median(lifted):.2f} s (medians of three)"
    )


def how_soon(cast: Any, port: int, events: int) -> None:
    from portal.notices.models import Delivery, Notice
    from portal.notices.telling import tell

    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    took = []
    with mail_server(port) as post, workers(""), clock():
        time.sleep(15)
        for number in range(events):
            time.sleep(random.uniform(0.5, 5.5))
            there, begun = len(post.letters), time.monotonic()
            tell([cast.mia], "task.failed", cast.mia, "/", key=str(number), agent="A", task=1, why="x")
            while len(post.letters) == there:
                assert time.monotonic() < begun + 120, "no mail came"
                time.sleep(0.01)
            took.append(time.monotonic() - begun)
    took.sort()
    say(
        f"{events} events: the mail is there after {statistics.median(took):.1f} s (median), "
        f"{took[int(len(took) * 0.95)]:.1f} s (95 %), {took[-1]:.1f} s (longest)"
    )


@contextmanager
def clock() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "portal", "beat", "--pidfile=", "--loglevel", "ERROR"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    for name, many in (("people", 500), ("each", 20), ("company", 10_000), ("events", 30)):
        wanted.add_argument(f"--{name}", type=int, default=many)
    asked, port = wanted.parse_args(), free_port()
    os.environ |= {
        "PORTAL_SMTP_HOST": "localhost",
        "PORTAL_SMTP_PORT": str(port),
        "PORTAL_SMTP_SECURITY": "none",
        "PORTAL_SMTP_FROM": "Agent Portal <portal@example.com>",
        "PORTAL_ADDRESS": "http://localhost:8000",
    }
    with own_database():
        cast = company()
        say(f"load {os.getloadavg()[0]:.1f}")
        if asked.people:
            hour_away(port, asked.people, asked.each)
        if asked.company:
            stop_all(cast, asked.company)
        if asked.events:
            how_soon(cast, port, asked.events)


if __name__ == "__main__":
    main()
