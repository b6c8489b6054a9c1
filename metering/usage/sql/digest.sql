-- The same as ``metering.usage.writing.digest``: half of a SHA-256, so that nobody can make two keys collide.
CREATE OR REPLACE FUNCTION metering_digest(source text, key text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(substring(sha256(convert_to(source || chr(31) || key, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid
$$;
