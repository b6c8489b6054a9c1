"""How fast is the ledger? Ratios of one run, on an embedded PostgreSQL that flushes every commit to the disk.

    python -m tests.bench.ledger [--events 200000] [--before 1000000] [--seconds 5] [--callers 16]

*Batch*: like with like, against a COPY into a table without an index. What the database does (key, indexes, checks,
day's sums) with lines that are ready, against text that is ready; and what ``record_many`` does with model calls
(looked at, priced, made into lines as well), against values that psycopg writes row by row.
*Single*: ``record`` by several callers at once, each waiting until its event is durable: grouped, alone, and by
processes. *Disk*: bytes for a million events.
"""

import argparse
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal import embedded

PEOPLE, TEAMS, AGENTS, PER_DAY = 5_000, 500, 3, 66  # 10 million events a month
MODELS = (("openai", "gpt-4o"), ("anthropic", "claude-haiku-4-5"), ("openai", "gpt-5-mini"))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def company() -> tuple[list[int], list[int]]:
    """The ids of people and teams."""
    from django.contrib.auth.models import Group

    from portal.people.models import Person
    from portal.teams.models import Team

    groups = Group.objects.bulk_create([Group(name=f"bench {n}") for n in range(TEAMS)])
    teams = Team.objects.bulk_create(
        [Team(name=f"Team {n}", group=group, cost_centre=f"{n // 10}") for n, group in enumerate(groups)]
    )
    people = Person.objects.bulk_create(
        [Person(email=f"b{n}@example.com", display_name=f"B {n}", password="!") for n in range(PEOPLE)]
    )
    return [one.pk for one in people], [one.pk for one in teams]


def calls(number: int, people: list[int], teams: list[int], *, seed: int, last: datetime) -> list:
    """``number`` calls in the order of time up to ``last``, as many an hour as PEOPLE make of them."""
    from metering.usage.calls import ModelCall

    draw = random.Random(seed)
    step = timedelta(days=1) / (PEOPLE * PER_DAY)
    made = []
    for n in range(number):
        place = draw.randrange(len(people))
        provider, model = MODELS[place % len(MODELS)]
        job = n * PEOPLE // len(people) // (12 * PEOPLE)  # of a person, twelve calls long
        agent = place * AGENTS + job % AGENTS
        read = draw.randrange(500, 90_000)
        made.append(
            ModelCall(
                source="telemetry",
                key=f"{seed}-req-{draw.getrandbits(64):016x}",
                at=last - step * (number - n),
                person_id=people[place],
                team_id=teams[place % len(teams)],
                provider=provider,
                model=model,
                input_tokens=read,
                output_tokens=draw.randrange(20, 3_000),
                cache_read_tokens=draw.randrange(read),
                agent_id=agent,
                agent_name=f"Agent {agent % 900}",
                task=f"{place}-{job}",
                trigger="manual",
                turn=n % 12,
                tool_calls=draw.randrange(4),
            )
        )
    return made


def plain(rows: str | list[tuple]) -> float:
    """Seconds to COPY rows, ready as text or as values, into a table of the same columns without index or check."""
    from django.db import connection, transaction

    from metering.usage.row import COLUMNS

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_plain")
        columns = ", ".join(COLUMNS)
        cursor.execute(f"CREATE TABLE bench_plain AS SELECT {columns} FROM metering_usageevent WITH NO DATA")
        began = time.perf_counter()
        with transaction.atomic(), cursor.copy(f"COPY bench_plain ({columns}) FROM STDIN") as copy:
            if isinstance(rows, str):
                copy.write(rows)
            else:
                for row in rows:
                    copy.write_row(row)
        return time.perf_counter() - began


def as_values(batch: list, now: datetime) -> list[tuple]:
    from metering.usage.context import load_context
    from metering.usage.rows import rows

    return [row[2:] for row in rows(batch, *load_context(batch, now)).good]


def as_text(values: list[tuple]) -> str:
    """In COPY's own format, the fastest there is to read as text."""
    nulls = {None: r"\N"}
    return "".join("\t".join(str(nulls.get(v, v)) for v in row) + "\n" for row in values)


def ready(batch: list, now: datetime) -> float:
    """Seconds that the database takes for a batch whose lines are made already."""
    from django.db import transaction

    from metering.usage import bulk
    from metering.usage.context import load_context
    from metering.usage.ledger import CHUNK

    took = 0.0
    for at in range(0, len(batch), CHUNK):
        chunk, made = batch[at : at + CHUNK], bulk.Bulk()
        context, book = load_context(chunk, now)
        pieces = [
            bulk.lines(chunk[n : n + bulk.PIECE], context, book, made)
            for n in range(0, len(chunk), bulk.PIECE)
        ]
        began = time.perf_counter()
        with transaction.atomic():
            bulk.copy(pieces, made)
        took += time.perf_counter() - began
    return took


def batch(number: int, before: int, people: list[int], teams: list[int]) -> None:
    from metering.usage.ledger import record_many

    now = datetime.now(UTC)
    span = timedelta(days=1) / (PEOPLE * PER_DAY)
    for n in range(0, before, 200_000):  # so that the indexes have a size
        record_many(calls(200_000, people, teams, seed=1000 + n, last=now - span * (before - n)))
    ratios: list[tuple[float, ...]] = []
    for run in range(5):
        made, more = (calls(number, people, teams, seed=run + 5 * n, last=now) for n in range(2))
        values = as_values(made, now)
        text = as_text(values)
        base, rows = min(plain(text), plain(text)), plain(values)
        database = ready(more, now)
        began = time.perf_counter()
        done = record_many(made)
        took = time.perf_counter() - began
        assert (done.written, done.refused) == (number, 0), done
        began = time.perf_counter()
        again = record_many(made)
        resent = time.perf_counter() - began
        assert again.duplicates == number, again
        ratios.append((database / base, took / rows, took / base))
        speeds = [f"{number / seconds:,.0f}/s" for seconds in (base, database, rows, took, resent)]
        say(
            "  run {}: text {}, our lines {}; values {}, record_many {}; sent again {}".format(
                run + 1, *speeds
            )
        )
    lines, values, across = map(statistics.median, zip(*ratios, strict=True))
    say(
        f"batch: ready lines 1/{lines:.1f} of ready text; record_many 1/{values:.1f} of values, 1/{across:.1f} of"
        " ready text (medians of 5; mark 1/8, to reach 1/5)"
    )


def disk() -> None:
    from django.db import connection

    sizes = {
        "events": "SELECT sum(pg_table_size(inhrelid)) FROM pg_inherits"
        " WHERE inhparent = 'metering_usageevent'::regclass",
        "their indexes": "SELECT sum(pg_indexes_size(inhrelid)) FROM pg_inherits"
        " WHERE inhparent = 'metering_usageevent'::regclass",
        "keys": "SELECT pg_total_relation_size('metering_usagekey')",
        "days": "SELECT pg_total_relation_size('metering_dayusage')",
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM metering_usageevent")
        events = cursor.fetchone()[0]
        megabytes = {}
        for name, sql in sizes.items():
            cursor.execute(sql)
            megabytes[name] = float(cursor.fetchone()[0]) / events
    parts = ", ".join(f"{name} {size:.0f}" for name, size in megabytes.items())
    say(f"disk: {sum(megabytes.values()):.0f} MB for a million events ({parts})")


def single_calls(caller: int, people: list[int], teams: list[int]) -> Iterator:
    """Made beforehand, enough for several seconds: making them is not what is measured."""
    seed = 10_000 + caller * 100 + random.randrange(10**9) * 10_000
    made = calls(3_000, people, teams, seed=seed, last=datetime.now(UTC))
    yield from made
    while True:
        seed += 1
        yield from calls(500, people, teams, seed=seed, last=datetime.now(UTC))


def threads(callers: int, seconds: float, people: list[int], teams: list[int], write: Callable) -> float:
    """Events a second of ``callers`` threads."""
    from django.db import connections

    begin, counts = threading.Barrier(callers + 1), [0] * callers

    def work(caller: int) -> None:
        made = single_calls(caller, people, teams)
        write(next(made))
        begin.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            write(next(made))
            counts[caller] += 1
        connections.close_all()

    workers = [threading.Thread(target=work, args=[n]) for n in range(callers)]
    for worker in workers:
        worker.start()
    begin.wait()
    for worker in workers:
        worker.join()
    return sum(counts) / seconds


def _process(caller: int, seconds: float, people: list[int], teams: list[int], begin, counts) -> None:
    from django.db import connections

    connections.close_all()
    from metering.usage.ledger import record

    made = single_calls(caller, people, teams)
    record(next(made))
    begin.wait()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        record(next(made))
        counts[caller] += 1
    connections.close_all()


def processes(callers: int, seconds: float, people: list[int], teams: list[int]) -> float:
    """The same with a process for each caller, where PostgreSQL groups the flushes."""
    from django.db import connections

    connections.close_all()
    fork = multiprocessing.get_context("fork")
    begin, counts = fork.Barrier(callers), fork.Array("q", callers, lock=False)
    workers = [
        fork.Process(target=_process, args=[n, seconds, people, teams, begin, counts]) for n in range(callers)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / seconds


def inserted(call) -> None:
    """A bare INSERT of as many values into a table without an index, with its own commit."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_bare VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                call.at,
                call.key,
                call.person_id,
                call.team_id,
                call.model,
                call.input_tokens,
                call.output_tokens,
                5,
            ],
        )


def single(callers: int, seconds: float, people: list[int], teams: list[int]) -> None:
    from django.db import connection

    from metering.usage.ledger import _record, record

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_bare (at timestamptz, key text, person bigint, team bigint, model text,"
            " read bigint, written bigint, cost bigint)"
        )
    bare = threads(callers, seconds, people, teams, inserted)
    one = threads(1, seconds, people, teams, record)
    alone = threads(callers, seconds, people, teams, lambda call: _record([call]))
    grouped = threads(callers, seconds, people, teams, record)
    apart = processes(callers, seconds, people, teams)
    say(
        f"single, durable: one caller {one:,.0f}/s; {callers} callers each alone {alone:,.0f}/s,"
        f" grouped {grouped:,.0f}/s; one bare INSERT each without key, index or sums {bare:,.0f}/s"
    )
    say(
        f"  grouped is {grouped / alone:.1f} times alone, {grouped / bare:.2f} times a bare INSERT"
        f" (mark 1,650/s busy, 4,155/s idle); {callers} processes {apart:,.0f}/s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("batch", "single"))
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--before", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--callers", type=int, default=16)
    asked = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    try:
        with embedded.Server(home) as server:
            os.environ |= {
                "PORTAL_HOME": str(home),
                "DATABASE_URL": server.url,
                "PORTAL_LOG_LEVEL": "WARNING",
            }
            os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
            import django
            from django.core.management import call_command
            from django.db import connections

            django.setup()
            call_command("migrate", verbosity=0)
            people, teams = company()
            if asked.only != "single":
                batch(asked.events, asked.before, people, teams)
                disk()
            if asked.only != "batch":
                single(asked.callers, asked.seconds, people, teams)
            connections.close_all()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
