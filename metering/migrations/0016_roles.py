"""Months are made and dropped by functions of the tables' owner: the role that the portal runs as may do neither."""

from django.db import migrations

# A month goes only when all of it is older than the shortest time for which events are kept, whoever asks.
FORWARD = """
CREATE FUNCTION metering_drop_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE past timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF past > now() - interval '31 days' THEN
        RAISE EXCEPTION 'The ledger keeps %: it is not old enough', to_char(month, 'YYYY-MM')
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', 'metering_usageevent_' || to_char(month, 'YYYY_MM'));
    DELETE FROM metering_usagekey WHERE at < past;
END $$;
DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['metering_make_partition', 'metering_drop_month'] LOOP
        EXECUTE format('ALTER FUNCTION %I(date) SECURITY DEFINER SET search_path = %I, pg_temp', name, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %I(date) FROM PUBLIC', name);
    END LOOP;
END $$;
"""
BACKWARD = """
DROP FUNCTION metering_drop_month(date);
ALTER FUNCTION metering_make_partition(date) SECURITY INVOKER;
ALTER FUNCTION metering_make_partition(date) RESET search_path;
GRANT EXECUTE ON FUNCTION metering_make_partition(date) TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("metering", "0015_asked_of_what_was_there")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
