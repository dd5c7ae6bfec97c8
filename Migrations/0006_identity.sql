CREATE TABLE role_assignments (
  id {{id}},
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  role TEXT NOT NULL CHECK (role IN ('ACCOUNT_TEAM', 'ORGANIZATION_ADMIN', 'PROGRAM_ADMIN')),
  -- 0 stands for "all", so that one unique index refuses a second assignment of the same thing.
  organization_id BIGINT NOT NULL DEFAULT 0,
  program_id BIGINT NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  CONSTRAINT role_assignments_once UNIQUE (account_id, role, organization_id, program_id),
  CHECK ((role = 'ACCOUNT_TEAM') = (organization_id = 0)),
  CHECK ((role = 'PROGRAM_ADMIN') = (program_id <> 0))
);
CREATE INDEX role_assignments_organization ON role_assignments (organization_id, role);

-- id is the SHA-256 of the cookie's value: a copy of this table opens no session.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  csrf TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) {{clustered}};
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_last_seen ON sessions (last_seen_at);

-- Failed sign-ins by a keyed hash of name, address, or both.
CREATE TABLE throttles (
  key TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  first_failed_at TEXT NOT NULL,
  last_failed_at TEXT NOT NULL
) {{clustered}};
CREATE INDEX throttles_last_failed ON throttles (last_failed_at);

-- Who did what to what; ids only. Personal values stand apart, so that erasing a person keeps the trail.
CREATE TABLE audit_events (
  id {{id}},
  organization_id BIGINT NOT NULL DEFAULT 0,
  actor_id BIGINT NOT NULL DEFAULT 0,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL DEFAULT '',
  subject_id BIGINT NOT NULL DEFAULT 0,
  at TEXT NOT NULL
);
CREATE INDEX audit_events_organization ON audit_events (organization_id, id);
CREATE TABLE audit_values (
  event_id BIGINT NOT NULL REFERENCES audit_events (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (event_id, name)
) {{clustered}};
