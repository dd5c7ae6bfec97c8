-- The organization whose link set the account's password, where its administrators could have read that link; 0 where only whoever has the mailbox, or
-- runs the installation, could. Such a password opens that organization's programs and nothing else: no role, no coach's pages, no other organization.
ALTER TABLE accounts ADD COLUMN vouched_by BIGINT NOT NULL DEFAULT 0;
