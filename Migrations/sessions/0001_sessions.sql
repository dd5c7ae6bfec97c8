-- A series of its own: in a file beside an SQLite database, in the one database of PostgreSQL.

-- id is the SHA-256 of the cookie's value: a copy of this table opens no session.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  -- These two as the account had them at sign-in. An id alone may be somebody else's after another file was put in the database's place.
  account_created_at TEXT NOT NULL,
  generation BIGINT NOT NULL,
  csrf TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL
) {{clustered}};
CREATE INDEX sessions_last_seen ON sessions (last_seen_at);

-- Failed sign-ins by a keyed hash of name, address, or both.
CREATE TABLE throttles (
  key TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  first_failed_at TEXT NOT NULL,
  last_failed_at TEXT NOT NULL
) {{clustered}};
CREATE INDEX throttles_last_failed ON throttles (last_failed_at);

-- What an account did to itself, until it stands in audit_events under the same id.
CREATE TABLE audit_queue (
  id TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  action TEXT NOT NULL,
  at TEXT NOT NULL
) {{clustered}};
