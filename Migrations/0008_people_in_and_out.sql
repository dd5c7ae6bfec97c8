-- How an organization writes to its people. An empty color or text means the product's own.
ALTER TABLE organizations ADD COLUMN brand_color TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN sender_name TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN postal_address TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN invitation_message TEXT NOT NULL DEFAULT '';
ALTER TABLE organizations ADD COLUMN invitation_days BIGINT NOT NULL DEFAULT 30 CHECK (invitation_days BETWEEN 1 AND 365);
ALTER TABLE organizations ADD COLUMN resend_hours BIGINT NOT NULL DEFAULT 24 CHECK (resend_hours BETWEEN 0 AND 720);
ALTER TABLE programs ADD COLUMN invitation_message TEXT NOT NULL DEFAULT '';

-- Kinds of mail that an organization does not send.
CREATE TABLE muted_emails (
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL,
  PRIMARY KEY (organization_id, kind)
) {{clustered}};

-- A removal keeps its license until it can no longer be undone; '' when there is nothing to release.
ALTER TABLE memberships ADD COLUMN release_at TEXT NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN removed_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX memberships_to_release ON memberships (release_at) WHERE release_at <> '';

-- The Members page sorts members only; whoever is invited or was removed costs these indexes nothing.
DROP INDEX memberships_by_name;
DROP INDEX memberships_by_email;
DROP INDEX memberships_by_activity;
DROP INDEX memberships_by_enrollments;
DROP INDEX memberships_by_completions;
CREATE INDEX memberships_by_name ON memberships (program_id, state, search_key, user_id) WHERE state = 'MEMBER';
CREATE INDEX memberships_by_email ON memberships (program_id, state, email_key, user_id) WHERE state = 'MEMBER';
CREATE INDEX memberships_by_activity ON memberships (program_id, state, last_activity_at, user_id) WHERE state = 'MEMBER';
CREATE INDEX memberships_by_enrollments ON memberships (program_id, state, enrollments, user_id) WHERE state = 'MEMBER';
CREATE INDEX memberships_by_completions ON memberships (program_id, state, completions, user_id) WHERE state = 'MEMBER';

-- Counters: open invitations under a contract, and its members with an enrollment. When a joining was last refused for want of a place, and the day on
-- which that was last mailed.
ALTER TABLE contracts ADD COLUMN open_invitations BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contracts ADD COLUMN utilized BIGINT NOT NULL DEFAULT 0;
ALTER TABLE contracts ADD COLUMN refused_at TEXT NOT NULL DEFAULT '';
ALTER TABLE contracts ADD COLUMN notified_on TEXT NOT NULL DEFAULT '';
UPDATE contracts SET open_invitations = (SELECT COUNT(*) FROM memberships m WHERE m.contract_id = contracts.id AND m.state = 'INVITED'),
  utilized = (SELECT COUNT(*) FROM memberships m WHERE m.contract_id = contracts.id AND m.state = 'MEMBER' AND m.enrollments > 0);

-- Every license that a contract gave or got back; the sum of a contract's movements is what it has given. A movement without a person
-- stands for many at once, as an import of history makes them.
CREATE TABLE license_movements (
  id {{id}},
  contract_id BIGINT NOT NULL REFERENCES contracts (id),
  change BIGINT NOT NULL CHECK (change <> 0),
  reason TEXT NOT NULL CHECK (reason IN ('INVITED', 'JOINED', 'ENROLLED', 'REVOKED', 'REMOVED', 'RESTORED', 'MOVED', 'IMPORTED', 'TERMS')),
  program_id BIGINT REFERENCES programs (id),
  user_id BIGINT REFERENCES accounts (id),
  actor_id BIGINT NOT NULL DEFAULT 0,
  at TEXT NOT NULL
);
CREATE INDEX license_movements_contract ON license_movements (contract_id, id, change);
INSERT INTO license_movements (contract_id, change, reason, at) SELECT id, used, 'IMPORTED', created_at FROM contracts WHERE used <> 0;

-- Who was invited to a program and what became of it. One row serves the Invitations page; the link's code is worked out from the key and the
-- generation, so that nothing secret is kept. A row stays after joining and after revoking; expiry is a comparison with the clock.
CREATE TABLE invitations (
  program_id BIGINT NOT NULL REFERENCES programs (id),
  user_id BIGINT NOT NULL,
  organization_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('CREATED', 'QUEUED', 'SENT', 'FAILED', 'OPENED', 'JOINED', 'REVOKED')),
  contract_id BIGINT REFERENCES contracts (id),
  generation BIGINT NOT NULL DEFAULT 1,
  invited_at TEXT NOT NULL,
  invited_by BIGINT NOT NULL DEFAULT 0,
  expires_at TEXT NOT NULL DEFAULT '9999',
  sends BIGINT NOT NULL DEFAULT 0,
  -- When it was last put into the outbox, and when a mail server last took it.
  queued_at TEXT NOT NULL DEFAULT '',
  sent_at TEXT NOT NULL DEFAULT '',
  opened_at TEXT NOT NULL DEFAULT '',
  joined_at TEXT NOT NULL DEFAULT '',
  revoked_at TEXT NOT NULL DEFAULT '',
  -- What the mail server said to refuse it, or a delivery report later.
  failure TEXT NOT NULL DEFAULT '',
  bounced SMALLINT NOT NULL DEFAULT 0 CHECK (bounced IN (0, 1)),
  search_key TEXT NOT NULL,
  email_key TEXT NOT NULL,
  PRIMARY KEY (program_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) {{clustered}};
CREATE INDEX invitations_user ON invitations (organization_id, user_id);
CREATE INDEX invitations_by_name ON invitations (program_id, search_key, user_id);
CREATE INDEX invitations_by_email ON invitations (program_id, email_key, user_id);
CREATE INDEX invitations_by_time ON invitations (program_id, invited_at, user_id);
INSERT INTO invitations (program_id, user_id, organization_id, state, contract_id, invited_at, search_key, email_key)
  SELECT program_id, user_id, organization_id, 'CREATED', contract_id, invited_at, search_key, email_key FROM memberships WHERE state = 'INVITED';

-- Mail to be sent: ids and a few values, rendered when it is sent or shown, then kept as it was sent.
CREATE TABLE outbox (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'SENDING', 'SENT', 'FAILED', 'DROPPED')),
  user_id BIGINT REFERENCES accounts (id),
  program_id BIGINT REFERENCES programs (id),
  recipient TEXT NOT NULL,
  -- JSON, an object of strings; '' for none.
  details TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  -- Not before this moment; for a mail being sent, until when its sender has the claim.
  due_at TEXT NOT NULL,
  failure TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  sent_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state IN ('WAITING', 'SENDING');
CREATE INDEX outbox_organization ON outbox (organization_id, id);
CREATE INDEX outbox_person ON outbox (organization_id, user_id, id);
CREATE INDEX outbox_message ON outbox (message_id);
CREATE TABLE sent_mail (
  outbox_id BIGINT PRIMARY KEY REFERENCES outbox (id),
  subject TEXT NOT NULL,
  body_text TEXT NOT NULL,
  body_html TEXT NOT NULL
) {{clustered}};

-- Who does not want announcements of an organization.
CREATE TABLE email_preferences (
  organization_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  announcements SMALLINT NOT NULL DEFAULT 1 CHECK (announcements IN (0, 1)),
  changed_at TEXT NOT NULL,
  PRIMARY KEY (organization_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) {{clustered}};

-- An uploaded file of invitations or attributes, checked row by row, until it is confirmed or thrown away.
CREATE TABLE upload_drafts (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL CHECK (kind IN ('INVITATIONS', 'ATTRIBUTES')),
  state TEXT NOT NULL DEFAULT 'CHECKED' CHECK (state IN ('CHECKED', 'DONE')),
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  program_id BIGINT REFERENCES programs (id),
  contract_id BIGINT REFERENCES contracts (id),
  file_name TEXT NOT NULL,
  -- The header's cells, JSON.
  header TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  done_at TEXT NOT NULL DEFAULT '',
  -- How many rows of each outcome when it was confirmed, JSON.
  result TEXT NOT NULL DEFAULT ''
);
CREATE INDEX upload_drafts_account ON upload_drafts (organization_id, account_id, id);
CREATE TABLE upload_rows (
  draft_id BIGINT NOT NULL REFERENCES upload_drafts (id),
  line BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  email_key TEXT NOT NULL DEFAULT '',
  search_key TEXT NOT NULL DEFAULT '',
  external_id TEXT NOT NULL DEFAULT '',
  -- The row as it was given, JSON, where more than these three matters.
  cells TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (draft_id, line)
) {{clustered}};
CREATE INDEX upload_rows_outcome ON upload_rows (draft_id, outcome, line);

-- What was done to somebody or something, and by somebody: the trail on a person's page.
CREATE INDEX audit_events_subject ON audit_events (subject_kind, subject_id, id);
CREATE INDEX audit_events_actor ON audit_events (actor_id, id);
