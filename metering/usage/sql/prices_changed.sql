CREATE OR REPLACE FUNCTION metering_prices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE metering_kept SET prices = gen_random_uuid();
    RETURN NULL;
END $$;
