ALTER TABLE metering_usagekey RENAME TO metering_usagekey_old;
CREATE TABLE metering_usagekey (digest uuid NOT NULL, at timestamptz NOT NULL, figures integer);
INSERT INTO metering_usagekey (digest, at) SELECT metering_digest(source, key), at FROM metering_usagekey_old;
DROP TABLE metering_usagekey_old;
ALTER TABLE metering_usagekey ADD PRIMARY KEY (digest);
CREATE INDEX usagekey_at ON metering_usagekey USING brin (at) WITH (autosummarize = on);
