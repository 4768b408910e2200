-- Epochs, which tell histories of an account apart, and API keys that expire or that only read.
ALTER TABLE accounts
    ADD COLUMN epoch text NOT NULL DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 12); -- new after a restore

ALTER TABLE api_keys
    ADD COLUMN expires_at timestamptz,                  -- no call is made with it from then on; null: it stays valid
    ADD COLUMN is_read_only boolean NOT NULL DEFAULT false; -- whether it is only for calls that change nothing
