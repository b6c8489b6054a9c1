-- A seal is of all entries that are seen and not sealed yet, in the order of their numbers. ``missing`` are numbers below
-- ``top`` that nobody saw: their transactions run still, and a later seal holds them, or they were rolled back. They are
-- missing no more once every transaction has ended that could have one of them: all that are older than ``horizon``.
CREATE FUNCTION portal_seal_text(s portal_seal) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(s.number, s.segment, s.rule, extract(epoch FROM s.at), s.entries, s.top, s.covers,
        s.missing, encode(s.content, 'hex'))::text
$$;
CREATE FUNCTION portal_seal_digest(s portal_seal, previous bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(previous, ''::bytea) || convert_to(portal_seal_text(s), 'UTF8'))
$$;

CREATE FUNCTION portal_seal_trail(most integer DEFAULT 100000) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    fresh_transaction boolean := pg_current_xact_id_if_assigned() IS NULL;
    last portal_seal;
    next portal_seal;
    oldest bigint;
    room integer := most;
    gone int8multirange := '{}';
    fresh int8multirange;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('portal_seal'));
    SELECT * INTO last FROM portal_seal ORDER BY number DESC LIMIT 1;
    oldest := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
    next.number := coalesce(last.number, 0) + 1;
    next.segment := coalesce(last.segment, 1);
    next.rule := 2;
    next.at := clock_timestamp();
    IF last.number IS NOT NULL THEN
        SELECT most - coalesce(sum(entries), 0) INTO room FROM portal_seal WHERE segment = last.segment;
        IF room <= 0 OR last.rule = 1 OR (last.at AT TIME ZONE 'UTC')::date < (next.at AT TIME ZONE 'UTC')::date THEN
            next.segment := last.segment + 1;
            room := most;
        END IF;
    END IF;
    SELECT count(*), max(id), range_agg(int8range(id, id + 1)), sha256(string_agg(digest, ''::bytea ORDER BY id))
        INTO next.entries, next.top, fresh, next.content
    FROM (
        SELECT e.id, e.digest FROM unnest(coalesce(last.missing, '{}')::int8multirange) AS r
            JOIN portal_entry AS e ON e.id >= lower(r) AND e.id < upper(r)
        UNION ALL
        (SELECT id, digest FROM portal_entry WHERE id > coalesce(last.top, 0) ORDER BY id LIMIT room)
        ORDER BY id LIMIT room) AS found;
    IF next.entries = 0 THEN RETURN 0; END IF;
    next.top := greatest(next.top, last.top);
    next.covers := fresh::text;
    IF oldest >= last.horizon AND next.entries < room THEN
        gone := last.missing::int8multirange;
    END IF;
    next.missing := ((coalesce(last.missing, '{}')::int8multirange - gone
        + int8multirange(int8range(coalesce(last.top, 0) + 1, next.top + 1))) - fresh)::text;
    -- The number of a transaction that begins now. One that had its own before says nothing about those beside it.
    next.horizon := CASE WHEN fresh_transaction THEN pg_current_xact_id()::text::bigint END;
    next.digest := portal_seal_digest(next, last.digest);
    INSERT INTO portal_seal SELECT next.*;
    RETURN next.entries;
END $$;

INSERT INTO portal_seal (number, segment, rule, at, entries, top, covers, missing, content, digest)
    SELECT 1, 1, 1, clock_timestamp(), count(*), max(id), range_agg(int8range(id, id + 1))::text, '{}',
        sha256(string_agg(digest, ''::bytea ORDER BY id)), ''
    FROM portal_entry HAVING count(*) > 0;
UPDATE portal_seal AS s SET digest = portal_seal_digest(s, NULL);
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON portal_seal
    FOR EACH ROW EXECUTE FUNCTION portal_entry_append_only();
CREATE TRIGGER seal_no_truncate BEFORE TRUNCATE ON portal_seal
    FOR EACH STATEMENT EXECUTE FUNCTION portal_entry_append_only();
CREATE TRIGGER archive_append_only BEFORE UPDATE OR DELETE ON portal_archivedsegment
    FOR EACH ROW EXECUTE FUNCTION portal_entry_append_only();
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION portal_seal_trail(integer) SECURITY DEFINER SET search_path = %I, pg_temp',
        current_schema());
    EXECUTE format('ALTER FUNCTION portal_entry_chain() SET search_path = %I, pg_temp', current_schema());
END $$;
REVOKE ALL ON FUNCTION portal_seal_trail(integer) FROM PUBLIC;
