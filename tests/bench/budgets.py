"""How many reservations a second the budgets take from 16 processes that all come under the same company's budget.

Each call is counted by four budgets: company, cost centre, team, agent (four teams, sixteen agents). By hand:
``python -m tests.bench.budgets`` (about half a minute; it starts a PostgreSQL of its own, with a durable log).
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROCESSES, SECONDS = 16, 6.0

WORKER = """
import json, sys, time
import django; django.setup()
from django.db import connection, transaction
from metering import budgets

number, seconds, settles = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3] == "settles"
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
end, took = time.perf_counter() + seconds, []
while (begun := time.perf_counter()) < end:
    own = budgets.Caller(f"{number}:{len(took)}", "", number + 1, "Agent", number % 4 + 1, f"41{number % 4}")
    budgets.reserve(own, micros=1000)
    took.append(time.perf_counter() - begun)
    if settles:
        with transaction.atomic():
            budgets.settle(own, micros=900)
print(json.dumps(took), flush=True)
"""


def measure(settles: bool) -> tuple[float, float, float]:
    """Reservations a second; the median and the 99th percentile of one, in milliseconds."""
    command = [sys.executable, "-c", WORKER]
    kind = "settles" if settles else "only"
    workers = [
        subprocess.Popen(
            [*command, str(number), str(SECONDS), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    took = sorted(one for worker in workers for one in json.loads(worker.communicate()[0]))
    return len(took) / SECONDS, 1000 * statistics.median(took), 1000 * took[int(0.99 * len(took))]


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from metering.budgets.models import Budget
    from portal.people.models import Person

    call_command("migrate", verbosity=0, interactive=False)
    by = Person.objects.create(email="bench@example.com", display_name="Bench", password="!")
    rows = [("organisation", "")]
    rows += [("cost_centre", f"41{number}") for number in range(4)]
    rows += [("agent", str(number + 1)) for number in range(PROCESSES)]
    for scope, target in rows:
        Budget.objects.create(
            scope=scope, target=target, name=target, span="month", limit_micros=10**14, set_by=by
        )
    from django.contrib.auth.models import Group

    from portal.teams.models import Team

    for number in range(4):
        team = Team.objects.create(name=f"Team {number}", group=Group.objects.create(name=f"team {number}"))
        Budget.objects.create(
            scope="team",
            target=str(team.pk),
            name=team.name,
            team=team,
            span="month",
            limit_micros=10**14,
            set_by=by,
        )


def main() -> None:
    from portal import embedded

    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    server = embedded.Server(home)
    try:
        server.start()
        os.environ.update(
            DATABASE_URL=server.url, PORTAL_HOME=str(home), DJANGO_SETTINGS_MODULE="portal.settings"
        )
        prepare()
        print(
            f"{PROCESSES} processes, four budgets a call, one of them everybody's; load {os.getloadavg()[0]:.1f}"
        )
        for settles in (False, True):
            rate, middle, slow = measure(settles)
            what = "reserve, then settle durably" if settles else "reserve"
            print(
                f"{what}: {rate:,.0f} a second; a reservation takes {middle:.1f} ms, one of a hundred {slow:.1f} ms"
            )
            time.sleep(1)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
