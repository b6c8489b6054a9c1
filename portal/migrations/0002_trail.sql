-- The lock makes the order of numbers the order of commits, without gaps, so that each digest covers the entry before
-- it. It is taken when the entries are written, which record.py does last in a transaction.
ALTER TABLE portal_entry ALTER COLUMN id DROP IDENTITY;

CREATE FUNCTION portal_entry_digest(e portal_entry, previous bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
        e.id, extract(epoch FROM e.at), e.event, e.actor_id, e.actor_name,
        e.target_type, e.target_id, e.target_name, e.details)::text, 'UTF8'))
$$;

CREATE FUNCTION portal_entry_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('portal_entry'));
    SELECT id, digest INTO previous FROM portal_entry ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(previous.id, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.digest := portal_entry_digest(NEW, previous.digest);
    RETURN NEW;
END $$;

CREATE FUNCTION portal_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit trail is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER entry_chain BEFORE INSERT ON portal_entry
    FOR EACH ROW EXECUTE FUNCTION portal_entry_chain();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON portal_entry
    FOR EACH ROW EXECUTE FUNCTION portal_entry_append_only();
CREATE TRIGGER entry_no_truncate BEFORE TRUNCATE ON portal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION portal_entry_append_only();
