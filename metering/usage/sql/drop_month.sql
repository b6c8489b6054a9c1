-- A month is dropped only when all of it is older than the shortest time for which events are kept, whoever asks.
CREATE OR REPLACE FUNCTION metering_drop_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE past timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF past > now() - interval '31 days' THEN
        RAISE EXCEPTION 'The ledger keeps %: it is not old enough', to_char(month, 'YYYY-MM')
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', 'metering_usageevent_' || to_char(month, 'YYYY_MM'));
    DELETE FROM metering_usagekey WHERE at < past;
END $$;
