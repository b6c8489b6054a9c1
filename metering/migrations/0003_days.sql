UPDATE metering_dayusage AS d SET cache_write_tokens = e.tokens FROM (
    SELECT (at AT TIME ZONE 'UTC')::date AS day, person_id, team_id, coalesce(agent_id, 0) AS agent_id, provider, model,
           sum(cache_write_tokens) AS tokens
    FROM metering_usageevent GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(cache_write_tokens) > 0) AS e
WHERE (d.day, d.person_id, d.team_id, d.agent_id, d.provider, d.model)
    = (e.day, e.person_id, e.team_id, e.agent_id, e.provider, e.model);
INSERT INTO metering_kept (id, currency, since) SELECT 1, 'USD', now() WHERE EXISTS (SELECT FROM metering_usageevent);
ALTER TABLE metering_dayusage SET (fillfactor = 80);  -- a day's counts change often, their keys never
