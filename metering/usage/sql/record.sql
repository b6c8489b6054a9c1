-- Returns the digests whose keys are taken; the others are written. Where ``basis`` is given and prices have changed
-- since, or one of ``people`` and ``teams`` is missing, it writes nothing and returns one NULL.
-- Keys first, all of them, then the days in their order: ``bulk`` does the same, so writers do not deadlock.
CREATE OR REPLACE FUNCTION metering_record(given json, months date[], basis uuid, people bigint[], teams bigint[])
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('metering_write'));
    IF basis IS NOT NULL AND (
        NOT EXISTS (SELECT FROM metering_kept WHERE prices = basis)
        OR (SELECT count(*) FROM portal_person WHERE id = ANY (people)) < cardinality(people)
        OR (SELECT count(*) FROM portal_team WHERE id = ANY (teams)) < cardinality(teams))
    THEN RETURN NEXT NULL; RETURN; END IF;
    PERFORM metering_make_partition(month) FROM unnest(months) AS month;
    RETURN QUERY WITH events AS MATERIALIZED (
        SELECT * FROM json_to_recordset(given) AS events (digest uuid, figures integer, {typed})
    ), taken AS (
        INSERT INTO metering_usagekey AS k (digest, at, figures)
        SELECT e.digest, e.at, e.figures FROM events AS e ORDER BY e.digest
        ON CONFLICT DO NOTHING RETURNING k.digest
    ), written AS (
        INSERT INTO metering_usageevent ({columns})
        SELECT {columns}
        FROM events AS e WHERE e.digest IN (SELECT t.digest FROM taken AS t) ORDER BY at
        RETURNING *
    ), days AS (
        INSERT INTO metering_dayusage AS d
            (day, person_id, team_id, agent_id, agent_name, provider, model, requests, input_tokens, cache_read_tokens,
             cache_write_tokens, output_tokens, cost_micros, unpriced_requests)
        SELECT (at AT TIME ZONE 'UTC')::date, person_id, team_id, coalesce(agent_id, 0),
               (array_agg(agent_name ORDER BY id DESC))[1], provider, model, sum(requests), sum(input_tokens),
               sum(cache_read_tokens), sum(cache_write_tokens), sum(output_tokens), coalesce(sum(cost_micros), 0),
               sum(unpriced)
        FROM written GROUP BY 1, 2, 3, 4, 6, 7 ORDER BY 2, 1, 3, 4, 6, 7
        ON CONFLICT (person_id, day, team_id, agent_id, provider, model) DO UPDATE SET
            agent_name = excluded.agent_name,
            requests = d.requests + excluded.requests,
            input_tokens = d.input_tokens + excluded.input_tokens,
            cache_read_tokens = d.cache_read_tokens + excluded.cache_read_tokens,
            cache_write_tokens = d.cache_write_tokens + excluded.cache_write_tokens,
            output_tokens = d.output_tokens + excluded.output_tokens,
            cost_micros = d.cost_micros + excluded.cost_micros,
            unpriced_requests = d.unpriced_requests + excluded.unpriced_requests
    ) SELECT e.digest FROM events AS e WHERE e.digest NOT IN (SELECT t.digest FROM taken AS t);
END $$;
