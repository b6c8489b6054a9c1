"""What each page costs the portal: ``python -m tests.bench.pages [--rounds N] [--only WORD]``.

Makes the sample company in a database of its own and lets the sample's agent work. Then each of its people opens every
page that their links lead to, one of each view. For each page: its queries, and the processor time of the portal's own
process in milliseconds (the median of N whole answers with sign-in, middleware and template). Marked where a page
misses 12 queries or 30 ms. ``--profile FILE`` writes where the time goes, for ``python -m pstats``.
"""

import argparse
import statistics
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from tests.bench.own_database import own_database

QUERIES, MILLISECONDS = 12, 30.0
PAGES = 120  # of one person at most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="", help="a word of the view's name")
    parser.add_argument("--profile", default="", help="write cProfile's figures of the pages into this file")
    asked = parser.parse_args()
    with own_database():
        _run(asked.rounds, asked.only, asked.profile)


def _run(rounds: int, only: str, profile: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from agents.queue.models import Task
    from agents.runtime import loop
    from portal import plugins
    from portal.people.models import Person
    from tests.cast import as_

    company = next(plugin.sample_company for plugin in plugins.installed() if plugin.sample_company)
    people = company(lambda line: None)
    for task in Task.objects.filter(state="queued"):
        loop.run(task.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    missed = total = 0
    watch = _profiler(profile)
    for sign_in in people:
        person = Person.objects.get(email=sign_in.email)
        client = as_(person)
        for name, path in sorted(_pages(client).items()):
            if not any(word in name for word in only.split(",")):
                continue
            queries, spent = _cost(client, path, rounds, watch)
            total, over = total + 1, queries > QUERIES or spent > MILLISECONDS
            missed += over
            print(
                f"{person.display_name:16} {name:32} {queries:3} queries {spent:6.1f} ms{'  MISSED' * over}",
                flush=True,
            )
    print(f"{missed} of {total} pages miss {QUERIES} queries or {MILLISECONDS:.0f} ms")
    if watch:
        watch.dump_stats(profile)


def _profiler(profile: str) -> Any:
    if not profile:
        return None
    import cProfile

    return cProfile.Profile()


def _pages(client: Any) -> dict[str, str]:
    """The first address of each view that links lead to, from the start page on."""
    from bs4 import BeautifulSoup
    from django.urls import Resolver404, resolve

    found: dict[str, str] = {}
    waiting, seen = deque(["/"]), {"/"}
    while waiting and len(found) < PAGES:
        path = waiting.popleft()
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        if name in found or not name:
            continue
        answer = client.get(path)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        found[name] = path
        for link in BeautifulSoup(answer.content, "html.parser").select("a[href^='/']"):
            href = str(link["href"]).split("#")[0]
            if href not in seen:
                seen.add(href)
                waiting.append(href)
    return found


def _cost(client: Any, path: str, rounds: int, watch: Any) -> tuple[int, float]:
    """How many queries, and the median of the processor time in milliseconds."""
    from django.db import connection

    asked: list[str] = []

    def counted(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    client.get(path)
    with connection.execute_wrapper(counted):
        client.get(path)
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        if watch:
            watch.enable()
        client.get(path)
        if watch:
            watch.disable()
        spent.append((time.process_time() - began) * 1000)
    return len(asked), statistics.median(spent)


if __name__ == "__main__":
    main()
