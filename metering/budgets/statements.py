"""The SQL of reservations: each statement does all of it or nothing, and locks counters in their order."""

# What counts a call, with its limit and the counter of the period that holds now.
DUE = """
    due AS MATERIALIZED (
        SELECT b.id AS budget, b.scope, b.name, b.span, b.hard, b.refuses_unpriced,
            COALESCE((
                SELECT sum(r.micros) FROM metering_budgetraise r
                WHERE r.budget_id = b.id AND r.ended_at IS NULL AND r.until > %(now)s
            ), 0)::bigint AS raised, b.limit_micros,
            CASE b.span WHEN 'day' THEN %(day)s WHEN 'week' THEN %(week)s WHEN 'month' THEN %(month)s
                ELSE %(whole)s END::timestamptz AS starts_at,
            CASE b.span WHEN 'day' THEN %(day_ends)s WHEN 'week' THEN %(week_ends)s WHEN 'month' THEN %(month_ends)s
                END::timestamptz AS ends_at
        FROM metering_budget b
        WHERE b.ended_at IS NULL AND (
            (b.scope = 'organisation' AND b.target = '')
            OR (b.scope = 'cost_centre' AND b.target = %(cost_centre)s AND b.target <> '')
            OR (b.scope = 'team' AND b.target = %(team)s)
            OR (b.scope = 'agent' AND b.target = %(agent)s)
            OR (b.scope = 'task' AND b.target = %(task)s))
    )
"""
# Locked counters are read as their last holder left them, so the sums are true until the commit. With ``quick`` that
# waits for no disk: a crash of the database that loses the reservation also loses the call.
RESERVE = f"""
    WITH {DUE},
    locked AS MATERIALIZED (
        SELECT c.id, c.budget_id, c.settled_micros + c.reserved_micros AS used
        FROM metering_budgetcounter c JOIN due ON due.budget = c.budget_id AND due.starts_at = c.starts_at
        ORDER BY c.id FOR UPDATE OF c
    ),
    verdict AS MATERIALIZED (
        SELECT count(*) > 0 AND count(*) = count(locked.id) AS whole,
            COALESCE(bool_and(NOT due.hard OR (
                locked.used + %(micros)s <= due.limit_micros + due.raised
                AND NOT (%(unpriced)s AND due.refuses_unpriced)
            )), false) AS fits,
            set_config('synchronous_commit', CASE WHEN %(quick)s THEN 'off'
                ELSE current_setting('synchronous_commit') END, true) AS commits
        FROM due LEFT JOIN locked ON locked.budget_id = due.budget
    ),
    taken AS (
        UPDATE metering_budgetcounter c SET reserved_micros = c.reserved_micros + %(micros)s
        FROM locked, verdict WHERE c.id = locked.id AND verdict.whole AND verdict.fits RETURNING c.id
    ),
    kept AS (
        INSERT INTO metering_budgetreservation (call, micros, counters, expires_at)
        SELECT %(call)s, %(micros)s, ARRAY(SELECT id FROM taken), %(expires)s
        FROM verdict WHERE verdict.whole AND verdict.fits
    )
    SELECT due.budget, due.scope, due.name, due.span, due.hard, due.refuses_unpriced,
        due.limit_micros + due.raised AS most, due.raised, due.starts_at, due.ends_at,
        locked.id, locked.used, verdict.whole, verdict.fits
    FROM due LEFT JOIN locked ON locked.budget_id = due.budget CROSS JOIN verdict
    ORDER BY due.budget
"""  # noqa: S608  (fixed texts)
# Also gives back what an earlier try reserved by this name. Where the reservation has expired, what was spent counts
# in the counters of now, which are made for their period's first call.
SETTLE = f"""
    WITH {DUE},
    gone AS (
        DELETE FROM metering_budgetreservation WHERE call = %(call)s RETURNING id, micros, counters
    ),
    late AS (
        INSERT INTO metering_budgetcounter AS c
            (budget_id, starts_at, ends_at, settled_micros, reserved_micros, unpriced_calls)
        SELECT due.budget, due.starts_at, due.ends_at, %(micros)s, 0, %(unpriced)s::int
        FROM due LEFT JOIN metering_budgetcounter made
            ON made.budget_id = due.budget AND made.starts_at = due.starts_at
        WHERE NOT EXISTS (SELECT 1 FROM gone)
        ORDER BY made.id NULLS LAST, due.budget
        ON CONFLICT (budget_id, starts_at) DO UPDATE SET
            settled_micros = c.settled_micros + excluded.settled_micros,
            unpriced_calls = c.unpriced_calls + excluded.unpriced_calls
    ),
    parts AS MATERIALIZED (
        SELECT counter, sum(back)::bigint AS back, max(pays) AS pays FROM (
            SELECT unnest(counters) AS counter, micros AS back, (id = (SELECT max(id) FROM gone))::int AS pays
            FROM gone
        ) AS each_one GROUP BY counter
    ),
    locked AS MATERIALIZED (
        SELECT c.id, parts.back, parts.pays FROM metering_budgetcounter c JOIN parts ON parts.counter = c.id
        ORDER BY c.id FOR UPDATE OF c
    )
    UPDATE metering_budgetcounter c SET
        reserved_micros = c.reserved_micros - locked.back,
        settled_micros = c.settled_micros + locked.pays * %(micros)s,
        unpriced_calls = c.unpriced_calls + locked.pays * %(unpriced)s::int
    FROM locked WHERE c.id = locked.id
"""  # noqa: S608  (fixed texts)
BACK = """
    back AS MATERIALIZED (
        SELECT counter, sum(micros)::bigint AS micros
        FROM (SELECT unnest(counters) AS counter, micros FROM gone) AS each_one GROUP BY counter
    ),
    locked AS MATERIALIZED (
        SELECT c.id, back.micros FROM metering_budgetcounter c JOIN back ON back.counter = c.id
        ORDER BY c.id FOR UPDATE OF c
    )
    UPDATE metering_budgetcounter c SET reserved_micros = c.reserved_micros - locked.micros
    FROM locked WHERE c.id = locked.id
"""
GIVE_BACK = f"""
    WITH gone AS (
        DELETE FROM metering_budgetreservation WHERE call = %(call)s RETURNING micros, counters
    ), {BACK}
"""  # noqa: S608  (fixed texts)
GIVE_BACK_LOST = f"""
    WITH gone AS (
        DELETE FROM metering_budgetreservation WHERE expires_at < %(now)s RETURNING micros, counters
    ), {BACK}
"""  # noqa: S608  (fixed texts)
HOUR = """
    INSERT INTO metering_agenthour AS h (agent_id, hour, micros) VALUES (%(agent)s, %(hour)s, %(micros)s)
    ON CONFLICT (agent_id, hour) DO UPDATE SET micros = h.micros + excluded.micros
"""
