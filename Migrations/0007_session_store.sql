-- Sessions, failed sign-ins and what waits to enter the audit trail stand in a store of their own, whose tables are made by the folder sessions.
-- On SQLite that is a file beside this one, so that a sign-in never waits for an import. Whoever was signed in signs in once more.
DROP TABLE sessions;
DROP TABLE throttles;

-- Raised by whatever ends all sessions of the account; a session is good as long as it carries the same number.
ALTER TABLE accounts ADD COLUMN sessions_generation BIGINT NOT NULL DEFAULT 0;

-- The id under which an event waited in the store, so that none is written twice; NULL for those written in the transaction of the deed.
ALTER TABLE audit_events ADD COLUMN queued_as TEXT;
CREATE UNIQUE INDEX audit_events_queued ON audit_events (queued_as) WHERE queued_as IS NOT NULL;
