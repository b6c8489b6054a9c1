-- One query for all that a batch is checked against: which people and teams there are, the ledger's currency, whether
-- it has prices of its own. The shared lock lets who prices calls anew wait for this transaction.
CREATE OR REPLACE FUNCTION metering_look(people bigint[], teams bigint[])
RETURNS TABLE (kind text, id bigint, currency varchar, prices uuid) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('metering_write'));
    RETURN QUERY
        SELECT 'person', p.id, ''::varchar, NULL::uuid FROM portal_person AS p WHERE p.id = ANY (people)
        UNION ALL SELECT 'team', t.id, '', NULL FROM portal_team AS t WHERE t.id = ANY (teams)
        UNION ALL SELECT 'kept', 0, k.currency, k.prices FROM metering_kept AS k
        UNION ALL SELECT 'prices', 0, '', NULL WHERE EXISTS (SELECT FROM metering_contractprice)
            OR EXISTS (SELECT FROM metering_exchangerate);
END $$;
