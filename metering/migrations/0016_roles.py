"""Months are made and dropped by functions of the tables' owner: the role that the portal runs as may do neither."""

from django.db import migrations

from metering.usage.functions import function

FORWARD = """
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
    operations = [migrations.RunSQL([function("drop_month"), FORWARD], BACKWARD)]
