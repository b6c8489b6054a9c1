"""The ledger grows up: corrections as rows, hashed keys, refusals, contract prices, exchange rates.

The events' table is made anew and its rows are copied: fixed-width columns first (a quarter less disk), no primary key
(the sequence makes ids unique; a block-range index finds moments). It cannot be reversed: what it adds has no old place.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = """
ALTER TABLE metering_usageevent RENAME TO metering_usageevent_old;
DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'metering_usageevent_old'::regclass LOOP
        EXECUTE format('ALTER TABLE %s RENAME TO %I', part, 'old_' || part::text);
    END LOOP;
END $$;
ALTER INDEX usageevent_person RENAME TO usageevent_person_old;

CREATE TABLE metering_usageevent (
    at timestamptz NOT NULL,
    id bigint NOT NULL DEFAULT nextval('metering_usageevent_id_seq'),
    person_id bigint NOT NULL,
    team_id bigint NOT NULL,
    agent_id bigint,
    cost_micros bigint,
    input_tokens integer NOT NULL,
    cache_read_tokens integer NOT NULL,
    cache_write_tokens integer NOT NULL,
    output_tokens integer NOT NULL,
    turn integer NOT NULL DEFAULT 0,
    tool_calls integer NOT NULL DEFAULT 0,
    changes integer NOT NULL DEFAULT 0,
    requests smallint NOT NULL DEFAULT 1,
    unpriced smallint NOT NULL DEFAULT 0,
    failed boolean NOT NULL DEFAULT false,
    retried boolean NOT NULL DEFAULT false,
    rate numeric(18, 8) NOT NULL DEFAULT 1,
    source varchar(40) NOT NULL,
    key varchar(200) NOT NULL,
    agent_name varchar(80) NOT NULL,
    task varchar(80) NOT NULL DEFAULT '',
    trigger varchar(10) NOT NULL DEFAULT '',
    provider varchar(60) NOT NULL,
    model varchar(120) NOT NULL,
    priced_by varchar(60) NOT NULL,
    currency varchar(3) NOT NULL,
    kind varchar(10) NOT NULL DEFAULT 'call',
    corrects varchar(200) NOT NULL DEFAULT '',
    note varchar(200) NOT NULL DEFAULT '',
    CONSTRAINT usageevent_kind CHECK (kind = 'call' OR (kind = 'correction' AND corrects <> '' AND note <> '')),
    CONSTRAINT usageevent_only_corrections_take_away CHECK (kind = 'correction' OR
        (input_tokens >= 0 AND cache_read_tokens >= 0 AND cache_write_tokens >= 0 AND output_tokens >= 0
         AND turn >= 0 AND tool_calls >= 0 AND changes >= 0 AND coalesce(cost_micros, 0) >= 0)),
    CONSTRAINT usageevent_counts_once CHECK (kind = 'correction' OR
        (corrects = '' AND requests = 1 AND unpriced = (cost_micros IS NULL)::int)),
    CONSTRAINT usageevent_rate CHECK (rate > 0)
) PARTITION BY RANGE (at);
ALTER SEQUENCE metering_usageevent_id_seq OWNED BY NONE;
CREATE INDEX usageevent_person ON metering_usageevent (person_id, at);
CREATE INDEX usageevent_at ON metering_usageevent USING brin (at) WITH (autosummarize = on);
CREATE INDEX usageevent_corrects ON metering_usageevent (corrects) WHERE corrects <> '';
CREATE TRIGGER usageevent_append_only BEFORE UPDATE OR DELETE ON metering_usageevent
    FOR EACH ROW EXECUTE FUNCTION metering_append_only();
CREATE TRIGGER usageevent_no_truncate BEFORE TRUNCATE ON metering_usageevent
    FOR EACH STATEMENT EXECUTE FUNCTION metering_append_only();

-- A partition is made beside and then attached: that waits for no writer and none waits for it. The lock: two sessions
-- that both miss one make it one after the other, the second finds it there.
CREATE OR REPLACE FUNCTION metering_make_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text := 'metering_usageevent_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('metering_make_partition'));
    -- Not to_regclass again: who waited for this lock may still hold its answer from before.
    IF EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = current_schema()::regnamespace) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE metering_usageevent INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('CREATE TRIGGER usageevent_no_truncate BEFORE TRUNCATE ON %I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION metering_append_only()', name);
    EXECUTE format('ALTER TABLE metering_usageevent ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
        (month::timestamp AT TIME ZONE 'UTC'), ((month + interval '1 month')::timestamp AT TIME ZONE 'UTC'));
END $$;

SELECT metering_make_partition(month::date) FROM (
    SELECT date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month' AS month
        FROM generate_series(-3, 2) AS n
    UNION SELECT date_trunc('month', at AT TIME ZONE 'UTC') FROM metering_usageevent_old
) AS wanted;

INSERT INTO metering_usageevent
    (at, id, person_id, team_id, agent_id, cost_micros, input_tokens, cache_read_tokens, cache_write_tokens,
     output_tokens, unpriced, source, key, agent_name, task, provider, model, priced_by, currency)
SELECT at, id, person_id, team_id, agent_id, cost_micros, input_tokens, cache_read_tokens, cache_write_tokens,
       output_tokens, (cost_micros IS NULL)::int, source, key, agent_name, coalesce(task_id::text, ''), provider,
       model, priced_by, 'USD'
FROM metering_usageevent_old ORDER BY id;
DROP TABLE metering_usageevent_old;
"""

KEYS = """
-- The same as ``metering.usage.writing.digest``: half of a SHA-256, so that nobody can make two keys meet.
CREATE FUNCTION metering_digest(source text, key text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(substring(sha256(convert_to(source || chr(31) || key, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid
$$;
ALTER TABLE metering_usagekey RENAME TO metering_usagekey_old;
CREATE TABLE metering_usagekey (digest uuid NOT NULL, at timestamptz NOT NULL, figures integer);
INSERT INTO metering_usagekey (digest, at) SELECT metering_digest(source, key), at FROM metering_usagekey_old;
DROP TABLE metering_usagekey_old;
ALTER TABLE metering_usagekey ADD PRIMARY KEY (digest);
CREATE INDEX usagekey_at ON metering_usagekey USING brin (at) WITH (autosummarize = on);
"""

# Few events: keys, events and roll-up in one statement, which is one round trip and, outside of a transaction, one
# commit. Many are copied instead (metering/usage/writing.py). Both take keys first, then the days in their order.
RECORD = """
UPDATE metering_dayusage AS d SET cache_write_tokens = e.tokens FROM (
    SELECT (at AT TIME ZONE 'UTC')::date AS day, person_id, team_id, coalesce(agent_id, 0) AS agent_id, provider, model,
           sum(cache_write_tokens) AS tokens
    FROM metering_usageevent GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(cache_write_tokens) > 0) AS e
WHERE (d.day, d.person_id, d.team_id, d.agent_id, d.provider, d.model)
    = (e.day, e.person_id, e.team_id, e.agent_id, e.provider, e.model);
INSERT INTO metering_kept (id, currency, since) SELECT 1, 'USD', now() WHERE EXISTS (SELECT FROM metering_usageevent);
ALTER TABLE metering_dayusage SET (fillfactor = 80);  -- a day's counts change often, their keys never

CREATE FUNCTION metering_add_up(days date[], people bigint[], teams bigint[], agents bigint[], names text[],
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

-- One look for all that is small, planned once in a session: who there is, which currency the ledger is kept in, are
-- there prices of our own.
CREATE FUNCTION metering_look(people bigint[], teams bigint[]) RETURNS TABLE (kind text, id bigint, currency varchar)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
        SELECT 'person', p.id, ''::varchar FROM portal_person AS p WHERE p.id = ANY (people)
        UNION ALL SELECT 'team', t.id, '' FROM portal_team AS t WHERE t.id = ANY (teams)
        UNION ALL SELECT 'kept', 0, k.currency FROM metering_kept AS k
        UNION ALL SELECT 'prices', 0, '' WHERE EXISTS (SELECT FROM metering_contractprice)
            OR EXISTS (SELECT FROM metering_exchangerate);
END $$;

-- Returns the digests of those that were written: the others' keys are taken.
CREATE FUNCTION metering_record(given jsonb) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
    fresh uuid[];
    nothing text;
BEGIN
    PERFORM metering_make_partition(month) FROM (
        SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')::date AS month
        FROM jsonb_to_recordset(given) AS events (at timestamptz)) AS wanted;
    WITH taken AS (
        INSERT INTO metering_usagekey (digest, at, figures)
        SELECT digest, at, figures
        FROM jsonb_to_recordset(given) AS keys (digest uuid, at timestamptz, figures integer)
        ORDER BY digest ON CONFLICT DO NOTHING RETURNING digest)
    SELECT array_agg(digest) INTO fresh FROM taken;
    WITH written AS (
        INSERT INTO metering_usageevent
            (at, person_id, team_id, agent_id, cost_micros, input_tokens, cache_read_tokens, cache_write_tokens,
             output_tokens, turn, tool_calls, changes, requests, unpriced, failed, retried, rate, source, key,
             agent_name, task, trigger, provider, model, priced_by, currency, kind, corrects, note)
        SELECT at, person_id, team_id, agent_id, cost_micros, input_tokens, cache_read_tokens, cache_write_tokens,
               output_tokens, turn, tool_calls, changes, requests, unpriced, failed, retried, rate, source, key,
               agent_name, task, trigger, provider, model, priced_by, currency, kind, corrects, note
        FROM jsonb_to_recordset(given) AS events (digest uuid, at timestamptz, person_id bigint, team_id bigint,
            agent_id bigint, cost_micros bigint, input_tokens integer, cache_read_tokens integer,
            cache_write_tokens integer, output_tokens integer, turn integer, tool_calls integer, changes integer,
            requests smallint, unpriced smallint, failed boolean, retried boolean, rate numeric, source text,
            key text, agent_name text, task text, trigger text, provider text, model text, priced_by text,
            currency text, kind text, corrects text, note text)
        WHERE digest = ANY (fresh) ORDER BY at
        RETURNING *)
    SELECT metering_add_up(
        array_agg(day), array_agg(person_id), array_agg(team_id), array_agg(agent_id), array_agg(agent_name),
        array_agg(provider), array_agg(model), array_agg(requests), array_agg(input_tokens),
        array_agg(cache_read_tokens), array_agg(cache_write_tokens), array_agg(output_tokens),
        array_agg(cost_micros), array_agg(unpriced))
    INTO nothing FROM (
        SELECT (at AT TIME ZONE 'UTC')::date AS day, person_id, team_id, coalesce(agent_id, 0) AS agent_id, provider,
               model, (array_agg(agent_name ORDER BY id DESC))[1] AS agent_name, sum(requests) AS requests,
               sum(input_tokens) AS input_tokens, sum(cache_read_tokens) AS cache_read_tokens,
               sum(cache_write_tokens) AS cache_write_tokens, sum(output_tokens) AS output_tokens,
               coalesce(sum(cost_micros), 0)::bigint AS cost_micros, sum(unpriced) AS unpriced
        FROM written GROUP BY 1, 2, 3, 4, 5, 6) AS days;
    RETURN QUERY SELECT unnest(fresh);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0002_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ContractPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=60)),
                ("pattern", models.CharField(max_length=120, verbose_name="model")),
                ("currency", models.CharField(max_length=3)),
                ("input", models.DecimalField(decimal_places=6, max_digits=14)),
                ("cache_read", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("cache_write", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ("output", models.DecimalField(decimal_places=6, max_digits=14)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["provider", "pattern", "-valid_from", "-id"],
                "permissions": [
                    ("keep_prices", "Keep the prices of model calls"),
                    ("see_refusals", "See which usage the ledger refused"),
                ],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(input__gte=0, output__gte=0)
                        & (models.Q(cache_read=None) | models.Q(cache_read__gte=0))
                        & (models.Q(cache_write=None) | models.Q(cache_write__gte=0)),
                        name="contractprice_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                        name="contractprice_span",
                        violation_error_message="It ends before it begins.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("rate", models.DecimalField(decimal_places=8, max_digits=18)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["currency", "-day", "-id"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchangerate_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(id=1), name="kept_once")],
            },
        ),
        migrations.CreateModel(
            name="UsageRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("at", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=200)),
                ("received_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ["-received_at", "-id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key", "reason"), name="usagerefusal_once"),
                ],
            },
        ),
        migrations.AddField("dayusage", "cache_write_tokens", models.BigIntegerField(default=0)),
        # One index less to write: what is there once also finds a person's days.
        migrations.RemoveIndex("dayusage", "dayusage_person"),
        migrations.RemoveConstraint("dayusage", "dayusage_once"),
        migrations.AddConstraint(
            "dayusage",
            models.UniqueConstraint(
                fields=("person", "day", "team", "agent_id", "provider", "model"), name="dayusage_once"
            ),
        ),
        migrations.RunSQL(EVENTS),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(KEYS)],
            state_operations=[
                migrations.DeleteModel("UsageKey"),
                migrations.CreateModel(
                    name="UsageKey",
                    fields=[
                        ("digest", models.UUIDField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("figures", models.IntegerField(null=True)),
                    ],
                    options={
                        "default_permissions": (),
                        "indexes": [
                            django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="usagekey_at")
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(RECORD),
    ]
