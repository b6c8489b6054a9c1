-- An entry's digest is of its own text. It has its number after its transaction has its own, so that a number that is
-- not seen yet belongs to a transaction that the sealer can wait for.
CREATE SEQUENCE portal_entry_number;
SELECT setval('portal_entry_number', max(id)) FROM portal_entry HAVING max(id) IS NOT NULL;

CREATE FUNCTION portal_entry_text(e portal_entry) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(e.id, extract(epoch FROM e.at), e.event, e.actor_id, e.actor_name,
        e.target_type, e.target_id, e.target_name, e.details)::text
$$;
CREATE OR REPLACE FUNCTION portal_entry_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_current_xact_id();
    NEW.id := nextval('portal_entry_number');
    NEW.at := clock_timestamp();
    NEW.digest := portal_entry_digest(NEW, NULL);
    RETURN NEW;
END $$;
-- What was archived goes; only the owner has the right to ask for it.
CREATE OR REPLACE FUNCTION portal_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'portal_entry' AND current_setting('portal.archiving', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
