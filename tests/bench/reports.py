"""Reports against a scan of the ledger: ``python -m tests.bench.reports [--events N] [--people N] [--teams N]``.

Fills a database of its own with four weeks of events (10 million, of which one team has 200,000), publishes them
by the worker's own function, and opens whole pages as their viewers do: sign-in, rules, disclosure, the entry in
the trail and the look that is told included. Prints medians and ratios; a report is marked where it misses
1/50 (team) or 1/10 (organisation).
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tests.bench.own_database import own_database

FILL = """
INSERT INTO auth_group (id, name) SELECT 1000 + n, 'team: ' || n FROM generate_series(1, {teams}) AS n;
INSERT INTO portal_team (id, name, cost_centre, group_id, created_at)
    SELECT n, 'Team ' || n, (4000 + n % 50)::text, 1000 + n, now() FROM generate_series(1, {teams}) AS n;
INSERT INTO portal_person
    (id, password, is_superuser, email, display_name, time_zone, zone_known, is_active, joined_at, session_epoch)
    SELECT n, '!', false, 'p' || n || '@example.com', 'Person ' || n, 'UTC', false, true, now(), 0
    FROM generate_series(1, {people}) AS n;
INSERT INTO portal_membership (team_id, person_id, role, started_at)
    SELECT 1 + n % {teams}, n, 'member', now() FROM generate_series(1, {people}) AS n;
"""
EVENTS = """
INSERT INTO metering_usageevent (at, source, key, person_id, team_id, agent_id, agent_name, provider, model,
    input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost_micros, priced_by, currency)
SELECT %(first)s::timestamptz + random() * interval '28 days', 'bench', n::text, person, 1 + person %% {teams},
    1 + person %% {teams} + (n %% 3) * 1000, 'Agent', 'openai', (ARRAY['gpt-4o', 'gpt-5-mini', 'gpt-4.1'])[1 + n %% 3],
    tokens, 0, 0, 100, tokens, 'bench', 'USD'
FROM (SELECT n, (1000 + random() * 9000)::int AS tokens,
        CASE WHEN n <= {of_team} THEN {teams} * (1 + n %% ({people} / {teams}))
             ELSE 1 + (n * 7919::bigint) %% {people} END AS person
      FROM generate_series(1, {events}) AS n) AS made
"""
ROLLUP = """
INSERT INTO metering_dayusage (day, person_id, team_id, agent_id, agent_name, provider, model, requests,
    input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost_micros, unpriced_requests)
SELECT (at AT TIME ZONE 'UTC')::date, person_id, team_id, agent_id, 'Agent', provider, model, count(*),
    sum(input_tokens), 0, 0, sum(output_tokens), sum(cost_micros), 0
FROM metering_usageevent GROUP BY 1, 2, 3, 4, 6, 7
"""
SCAN = """
SELECT person_id, provider, model, sum(cost_micros) FROM metering_usageevent
WHERE at >= %s AND at < %s {where} GROUP BY 1, 2, 3
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--teams", type=int, default=500)
    size = parser.parse_args()
    with own_database():
        _run(size.events, size.people, size.teams)


def _run(events: int, people: int, teams: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.urls import reverse
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from metering.permits import actions
    from metering.publishing.due import publish_due
    from metering.rollups.periods import fixed
    from portal.accounts import actions as people_actions
    from portal.people.models import Person
    from portal.permissions import Role
    from portal.teams import actions as team_actions
    from portal.teams.models import Membership, Team
    from tests.cast import as_

    period = fixed(timezone.now().date())[0]
    of_team = events // 50
    print(f"{events:,} events of {people:,} people in {teams} teams; {of_team:,} of one team", flush=True)
    shape = {"teams": teams, "people": people, "events": events, "of_team": of_team}
    _sql(FILL.format(**shape))
    took = _sql(EVENTS.format(**shape), {"first": f"{period.first}T00:00:00Z"})
    took += _sql(ROLLUP) + _sql("ANALYZE")
    for table in ("portal_person", "portal_team", "portal_membership", "auth_group"):
        _sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    print(f"filled in {took:.0f} s", flush=True)
    began = time.perf_counter()
    (made,) = publish_due()
    seconds = time.perf_counter() - began
    print(
        f"published {made.publications.count():,} figures in {seconds:.1f} s, once for four weeks", flush=True
    )

    team = Team.objects.get(pk=1)
    lead = Person.objects.create(email="lead@example.com", display_name="Lena Lead", password="!")
    team_actions.add_member("bench", team, person=lead, role=Membership.Role.LEAD)
    admin = Person.objects.create(email="admin@example.com", display_name="Adam Admin", password="!")
    finance = Person.objects.create(email="finance@example.com", display_name="Fiona Finance", password="!")
    people_actions.set_roles("bench", admin, roles=[Role.ADMIN])
    people_actions.set_roles("bench", finance, roles=[Role.FINANCE])
    ends_at = timezone.now() + timedelta(days=9)
    actions.grant(admin, actions.request(lead, team, purpose="bench", ends_at=ends_at))

    span = [f"{period.first}T00:00:00Z", f"{period.last}T23:59:59.999999Z"]
    report = reverse("reports:team", args=[team.pk])
    scan = partial(_sql, SCAN.format(where="AND team_id = 1"), span)
    member = Person.objects.filter(memberships__team=team).exclude(pk=lead.pk).first()
    assert member is not None
    _compare("a team's four weeks, for one of it", 50, scan, as_(member), report)
    _compare(
        "for its lead with a permit: a look that is written down and told of", 50, scan, as_(lead), report
    )
    whole = reverse("reports:organisation")
    _compare(
        "the organisation's four weeks", 10, lambda: _sql(SCAN.format(where=""), span), as_(finance), whole
    )


def _compare(what: str, wanted: int, scan: Callable[[], float], client: object, url: str) -> None:
    from metering.privacy.disclosure import WITHHELD

    def page() -> float:
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(url)  # type: ignore[attr-defined]
        seconds = time.perf_counter() - began
        ours.append(time.process_time() - used)
        assert answer.status_code == 200
        assert WITHHELD not in answer.text, "the bench is about a figure that is shown"
        return seconds

    ours: list[float] = []
    page()
    scans, pages = [], []
    for _ in range(7):  # in turns, so that whatever else the machine does slows both
        scans.append(scan())
        pages += [page() for _ in range(7)]
    raw, whole = statistics.median(scans), statistics.median(pages)
    ratio = raw / whole
    mark = "" if ratio >= wanted else f"  MISSED: 1/{wanted}"
    print(
        f"{what}: page {whole * 1000:.1f} ms, scan {raw * 1000:.0f} ms: 1/{ratio:.0f}{mark}"
        f" (the quickest of each: {min(pages) * 1000:.1f}, {min(scans) * 1000:.0f}: 1/{min(scans) / min(pages):.0f});"
        f" of a page {statistics.median(ours) * 1000:.1f} ms are the portal's processor time",
        flush=True,
    )


def _sql(text: str, values: object = None) -> float:
    """Run it, fetch what it answers, and say how many seconds that took."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        if cursor.description:
            cursor.fetchall()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
