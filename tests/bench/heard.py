"""From a delivery to a queued task, through a real mail server and ``manage.py listen``; and what waiting costs.

``python -m tests.bench.heard [--mails 30] [--mailboxes 100]``: a Dovecot and a PostgreSQL of its own. A mail is put
into the mailbox as a mail server delivers; no clock runs. Then so many mailboxes are listened to for a minute
while nothing comes. ``--idle-only`` leaves the first part out.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from tests.bench.queue import ROOT, company, say, until

REST = 60.0  # seconds in which nothing comes


class Mailboxes:
    """Mailboxes on the server, and schedules that wait for their mail."""

    def __init__(self, box: Any, agent: Any) -> None:
        self.box, self.agent = box, agent

    def add(self) -> tuple[str, Any]:
        from django.utils import timezone

        from agents.connections import actions as connections
        from agents.connectors.mail.tests.dovecot import PASSWORD
        from agents.schedules import actions
        from agents.schedules.actions import Trigger
        from portal.people.models import Person
        from tests import builders

        ada, user = Person.objects.get(email__startswith="ada"), self.box.anybody()
        place = connections.add(
            ada,
            kind="mail",
            name=f"Box {user}",
            team=self.agent.team,
            settings=self.box.settings(user),
            secret=PASSWORD,
        )
        connections.allow_inside(ada, place, places=["127.0.0.0/8", "::1"])
        builders.grant(self.agent, place, "mail.list", by=ada)
        schedule = actions.make(
            self.agent.owner,
            self.agent,
            instruction="Sort the inbox",
            envelope=[("mail.list", place.pk)],
            trigger=Trigger(event="mail.arrived", connection=place, place="INBOX", hourly=12),
            zone="UTC",
            ends_at=timezone.now() + timedelta(days=9),
            run_micros=1_000_000,
            month_micros=20_000_000,
        )
        return user, actions.switch_on(self.agent.owner, schedule)

    def deliver(self, user: str, number: int) -> float:
        """One rename, as a delivery ends; when it was."""
        from tests.bench.imap import letter

        place, owner = self.box.home / "mail" / user, (self.box.home / "mail").stat()
        file = place / "tmp" / f"{int(time.time())}.M{number}.bench"
        file.write_bytes(letter(number).replace(b"\r\n", b"\n"))
        os.chown(file, owner.st_uid, owner.st_gid)
        file.rename(place / "new" / file.name)
        return time.time()


def timed(boxes: Mailboxes, many: int) -> list[float]:
    from agents.queue.models import Task
    from agents.schedules.models import Arrival, Run, Schedule

    user, schedule = boxes.add()
    until(lambda: Schedule.objects.filter(pk=schedule.pk, cursor__isnull=False).exists(), True)
    took = []
    for number in range(many):
        time.sleep(2.5)
        there = Task.objects.count()
        at = boxes.deliver(user, number)
        until(Task.objects.count, there + 1)
        took.append(1000 * (time.time() - at))
        # The next mail is to find no run under way, and no hour that is full.
        Task.objects.update(state="succeeded")
        Arrival.objects.all().delete()
        Run.objects.all().delete()
    Schedule.objects.update(state="off")
    return took


def idle(boxes: Mailboxes, many: int, listener: psutil.Process) -> None:
    from django.db import connection

    from agents.connections.heard import heard

    before = listener.memory_full_info().uss
    places = [boxes.add()[1].connection_id for _ in range(many)]
    begun = time.monotonic()
    until(lambda: len(heard(places)), many)
    say(f"{many} mailboxes are heard {time.monotonic() - begun:.1f} s after the last was connected")
    time.sleep(15)
    spent = listener.cpu_times()
    time.sleep(REST)
    after = listener.cpu_times()
    cpu = after.user + after.system - spent.user - spent.system
    each = (listener.memory_full_info().uss - before) / many / 1024
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        sessions = cursor.fetchone()[0]
    say(
        f"{cpu / REST:.2%} of a processor, {each:.0f} kB for each mailbox, {sessions} database sessions in all"
    )


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--mails", type=int, default=30)
    wanted.add_argument("--mailboxes", type=int, default=100)
    wanted.add_argument("--idle-only", action="store_true")
    asked = wanted.parse_args()
    from agents.connectors.mail.tests.dovecot import server as dovecot
    from portal import embedded

    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    server = embedded.Server(home)
    listener: subprocess.Popen[bytes] | None = None
    try:
        server.start()
        os.environ |= server.variables
        os.environ |= {"PORTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "portal.settings"}
        with dovecot() as box:
            os.environ |= {"PORTAL_CA": str(box.home / "cert.pem"), "PORTAL_LOG_LEVEL": "ERROR"}
            boxes = Mailboxes(box, company(home))
            say(f"load {os.getloadavg()[0]:.1f}")
            listener = subprocess.Popen([sys.executable, "manage.py", "listen"], cwd=ROOT)
            watched = psutil.Process(listener.pid)
            if not asked.idle_only:
                took = sorted(timed(boxes, asked.mails))
                middle, most = statistics.median(took), took[-1]
                say(f"{len(took)} mails: queued after {middle:.0f} ms (median), {took[int(len(took) * 0.95)]:.0f} ms "
                    f"(95 %), {most:.0f} ms (longest)")  # fmt: skip
            idle(boxes, asked.mailboxes, watched)
            listener.terminate()
            begun = time.monotonic()
            listener.wait(30)
            say(f"it stopped after {time.monotonic() - begun:.1f} s")
    finally:
        if listener is not None:
            with suppress(ProcessLookupError):
                listener.kill()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
