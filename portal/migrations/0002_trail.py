"""The trail is append-only and chained, by PostgreSQL itself."""

from django.db import migrations

# The lock makes the order of ids the order of commits, so that each digest covers the entry before it. It is taken
# when the entries are written, which record.py does last in a transaction.
FORWARD = """
CREATE FUNCTION portal_entry_digest(e portal_entry, previous bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
        e.id, extract(epoch FROM e.at), e.event, e.actor_id, e.actor_name,
        e.target_type, e.target_id, e.target_name, e.details)::text, 'UTF8'))
$$;

CREATE FUNCTION portal_entry_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('portal_entry'));
    NEW.id := nextval(pg_get_serial_sequence('portal_entry', 'id'));
    NEW.at := clock_timestamp();
    SELECT digest INTO previous FROM portal_entry ORDER BY id DESC LIMIT 1;
    NEW.digest := portal_entry_digest(NEW, previous);
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
"""
BACKWARD = """
DROP TRIGGER entry_no_truncate ON portal_entry;
DROP TRIGGER entry_append_only ON portal_entry;
DROP TRIGGER entry_chain ON portal_entry;
DROP FUNCTION portal_entry_append_only();
DROP FUNCTION portal_entry_chain();
DROP FUNCTION portal_entry_digest(portal_entry, bytea);
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
