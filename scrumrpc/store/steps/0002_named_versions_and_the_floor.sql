-- Names of data versions, and the oldest version that is kept of an account.

ALTER TABLE accounts ADD COLUMN oldest_version bigint NOT NULL DEFAULT 0;

CREATE TABLE named_versions (
    account_id  bigint NOT NULL REFERENCES accounts DEFERRABLE INITIALLY DEFERRED,
    name        text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    note        text,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    person_id   bigint,
    PRIMARY KEY (account_id, name));
