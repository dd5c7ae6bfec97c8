-- When a person was erased; '' for not. The row stays for the totals, under an account of its own that nobody can sign in to.
ALTER TABLE users ADD COLUMN erased_at TEXT NOT NULL DEFAULT '';
CREATE INDEX users_erased ON users (organization_id, id) WHERE erased_at <> '';

-- Counter: all mails of an organization. A mail's row is never deleted.
ALTER TABLE organizations ADD COLUMN mails BIGINT NOT NULL DEFAULT 0;
UPDATE organizations SET mails = (SELECT COUNT(*) FROM outbox o WHERE o.organization_id = organizations.id);

-- Serves every filter of the Outbox page without a look at the mails themselves.
CREATE INDEX outbox_listing ON outbox (organization_id, state, kind, id, user_id);
