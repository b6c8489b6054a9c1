-- A partition is made beside the table and then attached: no writer waits. Of two sessions that both miss one, the lock
-- lets the second find it.
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
