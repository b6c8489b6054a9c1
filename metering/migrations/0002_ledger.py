"""The ledger's table, partitioned by month and append-only, with its partitions around today."""

from django.db import migrations

from metering.usage.functions import function

TABLE = """
CREATE SEQUENCE metering_usageevent_id_seq;
CREATE TABLE metering_usageevent (
    at timestamptz NOT NULL,
    id bigint NOT NULL DEFAULT nextval('metering_usageevent_id_seq'),
    source varchar(40) NOT NULL,
    key varchar(200) NOT NULL,
    person_id bigint NOT NULL,
    team_id bigint NOT NULL,
    agent_id bigint,
    agent_name varchar(80) NOT NULL,
    task_id bigint,
    provider varchar(60) NOT NULL,
    model varchar(120) NOT NULL,
    input_tokens bigint NOT NULL CHECK (input_tokens >= 0),
    cache_read_tokens bigint NOT NULL CHECK (cache_read_tokens >= 0),
    cache_write_tokens bigint NOT NULL CHECK (cache_write_tokens >= 0),
    output_tokens bigint NOT NULL CHECK (output_tokens >= 0),
    cost_micros bigint,
    priced_by varchar(60) NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX usageevent_person ON metering_usageevent (person_id, at);
CREATE INDEX usageevent_task ON metering_usageevent (task_id) WHERE task_id IS NOT NULL;
"""
GUARD = """
CREATE TRIGGER usageevent_append_only BEFORE UPDATE OR DELETE ON metering_usageevent
    FOR EACH ROW EXECUTE FUNCTION metering_append_only();

CREATE TRIGGER usageevent_no_truncate BEFORE TRUNCATE ON metering_usageevent
    FOR EACH STATEMENT EXECUTE FUNCTION metering_append_only();
"""
MONTHS = """
SELECT metering_make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date)
    FROM generate_series(-2, 2) AS n;
"""
BACKWARD = """
DROP TABLE metering_usageevent;
DROP FUNCTION metering_make_partition(date);
DROP FUNCTION metering_append_only();
DROP SEQUENCE metering_usageevent_id_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0001_initial")]
    operations = [migrations.RunSQL(
            [TABLE, function("append_only"), GUARD, function("make_partition"), MONTHS], BACKWARD
        )
    ]
