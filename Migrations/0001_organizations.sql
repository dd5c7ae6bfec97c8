-- Moments are TEXT, ISO 8601 UTC with milliseconds; '' stands for "never" so that every one of them sorts.
CREATE TABLE organizations (
  id {{id}},
  slug TEXT NOT NULL CONSTRAINT organizations_slug UNIQUE,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL DEFAULT 'UTC',
  country TEXT NOT NULL DEFAULT '',
  size_band TEXT NOT NULL DEFAULT '',
  industry TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  -- Counters over people, a person once: who is known, is invited or a member, is a member, has enrolled, has completed.
  people BIGINT NOT NULL DEFAULT 0,
  people_invited BIGINT NOT NULL DEFAULT 0,
  people_joined BIGINT NOT NULL DEFAULT 0,
  people_enrolled BIGINT NOT NULL DEFAULT 0,
  people_completed BIGINT NOT NULL DEFAULT 0
);

-- One sign-in per email in the installation.
CREATE TABLE accounts (
  id {{id}},
  email TEXT NOT NULL,
  email_key TEXT NOT NULL CONSTRAINT accounts_email UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT,
  link_generation BIGINT NOT NULL DEFAULT 0,
  deactivated_at TEXT NOT NULL DEFAULT '',
  demo SMALLINT NOT NULL DEFAULT 0 CHECK (demo IN (0, 1)),
  created_at TEXT NOT NULL
);

-- The distinct values of each attribute. Users and memberships carry their ids, which keeps the rows that tables are read from narrow.
CREATE TABLE attribute_values (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT attribute_values_value UNIQUE (organization_id, attribute, value)
);

-- An account in one organization; id is the account's. One row serves the Users page: what it sorts and filters by stands here.
CREATE TABLE users (
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  id BIGINT NOT NULL REFERENCES accounts (id),
  joined SMALLINT NOT NULL DEFAULT 0 CHECK (joined IN (0, 1)),
  open_invitations BIGINT NOT NULL DEFAULT 0,
  member_programs BIGINT NOT NULL DEFAULT 0,
  enrollments BIGINT NOT NULL DEFAULT 0,
  current_enrollments BIGINT NOT NULL DEFAULT 0,
  completions BIGINT NOT NULL DEFAULT 0,
  last_activity_at TEXT NOT NULL DEFAULT '',
  -- The moment from which idle days count: last activity, else the latest enrollment. '9999' where nothing can be idle.
  idle_since TEXT NOT NULL DEFAULT '9999',
  ever_idle_since TEXT NOT NULL DEFAULT '9999',
  manager_name_id BIGINT REFERENCES attribute_values (id),
  manager_email_id BIGINT REFERENCES attribute_values (id),
  job_title_id BIGINT REFERENCES attribute_values (id),
  job_type_id BIGINT REFERENCES attribute_values (id),
  business_unit_id BIGINT REFERENCES attribute_values (id),
  business_unit_2_id BIGINT REFERENCES attribute_values (id),
  location_city_id BIGINT REFERENCES attribute_values (id),
  location_country_id BIGINT REFERENCES attribute_values (id),
  location_region_id BIGINT REFERENCES attribute_values (id),
  -- Folded name, a line feed, folded email: one column to search in and to sort names by.
  search_key TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  external_id TEXT,
  deactivated_at TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  PRIMARY KEY (organization_id, id)
) {{clustered}};
CREATE UNIQUE INDEX users_external_id ON users (organization_id, external_id);
CREATE INDEX users_account ON users (id);
CREATE INDEX users_by_name ON users (organization_id, joined, search_key, id);
CREATE INDEX users_by_email ON users (organization_id, joined, email_key, id);
CREATE INDEX users_by_activity ON users (organization_id, joined, last_activity_at, id);
