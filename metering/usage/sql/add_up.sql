CREATE OR REPLACE FUNCTION metering_add_up(days date[], people bigint[], teams bigint[], agents bigint[], names text[],
    providers text[], models text[], requests bigint[], inputs bigint[], cache_reads bigint[], cache_writes bigint[],
    outputs bigint[], costs bigint[], unpriced bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO metering_dayusage AS d
        (day, person_id, team_id, agent_id, agent_name, provider, model, requests, input_tokens, cache_read_tokens,
         cache_write_tokens, output_tokens, cost_micros, unpriced_requests)
    SELECT * FROM unnest(days, people, teams, agents, names, providers, models, requests, inputs, cache_reads,
                         cache_writes, outputs, costs, unpriced)
        AS sums (day, person_id, team_id, agent_id, agent_name, provider, model)
    ORDER BY person_id, day, team_id, agent_id, provider, model
    ON CONFLICT (person_id, day, team_id, agent_id, provider, model) DO UPDATE SET
        agent_name = excluded.agent_name,
        requests = d.requests + excluded.requests,
        input_tokens = d.input_tokens + excluded.input_tokens,
        cache_read_tokens = d.cache_read_tokens + excluded.cache_read_tokens,
        cache_write_tokens = d.cache_write_tokens + excluded.cache_write_tokens,
        output_tokens = d.output_tokens + excluded.output_tokens,
        cost_micros = d.cost_micros + excluded.cost_micros,
        unpriced_requests = d.unpriced_requests + excluded.unpriced_requests;
END $$;
