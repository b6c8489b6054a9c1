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
