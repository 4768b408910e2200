-- Webhooks: where versions are sent, and what came of it.
ALTER TABLE accounts ADD COLUMN last_webhook bigint NOT NULL DEFAULT 0;

CREATE TABLE webhooks (account_id bigint REFERENCES accounts, webhook_id bigint, url text NOT NULL, description text,
    projects bigint[], project_ids text[],              -- changes of these projects, by number and id; null: all
    object_types text[], person_id bigint NOT NULL,     -- whose reach limits what is sent: who added or enabled it
    created_at timestamptz NOT NULL DEFAULT now(), secret text NOT NULL,
    old_secret text, old_secret_until timestamptz,      -- signs as well until then
    is_enabled boolean NOT NULL DEFAULT true, disabled_reason text, CHECK (is_enabled = (disabled_reason IS NULL)),
    delivered_version bigint NOT NULL, last_delivery bigint NOT NULL DEFAULT 0,
    test_id text,                                       -- what a test is to be sent under; null: none is to be sent
    failures integer NOT NULL DEFAULT 0, due_at timestamptz NOT NULL DEFAULT now(), -- in a row; when it is tried next
    claim text, claimed_until timestamptz, PRIMARY KEY (account_id, webhook_id));
CREATE TABLE webhook_deliveries (account_id bigint, webhook_id bigint, delivery bigint, message_id text NOT NULL,
    version bigint, attempt integer NOT NULL, sent_at timestamptz NOT NULL, milliseconds integer NOT NULL,
    status integer, failure text,                       -- what was answered, and why it was not enough
    PRIMARY KEY (account_id, webhook_id, delivery),
    FOREIGN KEY (account_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE);

ALTER TABLE webhooks ALTER CONSTRAINT webhooks_account_id_fkey DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE webhook_deliveries
    ALTER CONSTRAINT webhook_deliveries_account_id_webhook_id_fkey DEFERRABLE INITIALLY DEFERRED;
