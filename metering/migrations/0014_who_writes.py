"""What a source said of a call includes its provider and the cost that it states; who writes can be waited for; a
contract price that has not begun can be withdrawn.
"""

from django.db import migrations, models

# As they were, but that both first take a lock, shared, until the transaction is over. Each statement in them sees what
# was committed before it, so prices are looked at under the lock. (Who waits for it: metering/usage/writing.py.)
LOOK = """
CREATE OR REPLACE FUNCTION metering_look(people bigint[], teams bigint[])
RETURNS TABLE (kind text, id bigint, currency varchar, prices uuid) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('metering_write'));
    RETURN QUERY
        SELECT 'person', p.id, ''::varchar, NULL::uuid FROM portal_person AS p WHERE p.id = ANY (people)
        UNION ALL SELECT 'team', t.id, '', NULL FROM portal_team AS t WHERE t.id = ANY (teams)
        UNION ALL SELECT 'kept', 0, k.currency, k.prices FROM metering_kept AS k
        UNION ALL SELECT 'prices', 0, '', NULL WHERE EXISTS (SELECT FROM metering_contractprice)
            OR EXISTS (SELECT FROM metering_exchangerate);
END $$;
"""

RECORD = """
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
        SELECT * FROM json_to_recordset(given) AS events (digest uuid, figures integer, at timestamptz,
            person_id bigint, team_id bigint, agent_id bigint, cost_micros bigint, input_tokens integer,
            cache_read_tokens integer, cache_write_tokens integer, output_tokens integer, turn integer,
            tool_calls integer, changes integer, requests smallint, unpriced smallint, failed boolean,
            retried boolean, rate numeric, source text, key text, agent_name text, task text, trigger text,
            provider text, model text, priced_by text, currency text, kind text, corrects text, note text)
    ), taken AS (
        INSERT INTO metering_usagekey AS k (digest, at, figures)
        SELECT e.digest, e.at, e.figures FROM events AS e ORDER BY e.digest
        ON CONFLICT DO NOTHING RETURNING k.digest
    ), written AS (
        INSERT INTO metering_usageevent
            (at, person_id, team_id, agent_id, cost_micros, input_tokens, cache_read_tokens, cache_write_tokens,
             output_tokens, turn, tool_calls, changes, requests, unpriced, failed, retried, rate, source, key,
             agent_name, task, trigger, provider, model, priced_by, currency, kind, corrects, note)
        SELECT at, person_id, team_id, agent_id, cost_micros, input_tokens, cache_read_tokens, cache_write_tokens,
               output_tokens, turn, tool_calls, changes, requests, unpriced, failed, retried, rate, source, key,
               agent_name, task, trigger, provider, model, priced_by, currency, kind, corrects, note
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
"""


class Migration(migrations.Migration):

    dependencies = [
        ('metering', '0013_acceptances'),
    ]

    operations = [
        # Checksums of before said less: null is unknown. A new column, since an update would write every key anew.
        migrations.RemoveField(
            model_name='usagekey',
            name='figures',
        ),
        migrations.AddField(
            model_name='usagekey',
            name='figures',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='contractprice',
            name='withdrawn',
            field=models.BooleanField(default=False),
        ),
        migrations.RunSQL(LOOK),
        migrations.RunSQL(RECORD),
    ]
