CREATE TABLE contracts (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT 'UNLIMITED' CHECK (kind IN ('UNLIMITED', 'MEMBERSHIPS', 'ENROLLMENTS')),
  quantity BIGINT CHECK (quantity >= 0),
  occupied_on TEXT NOT NULL DEFAULT 'JOINING' CHECK (occupied_on IN ('JOINING', 'ENROLLMENT', 'INVITATION')),
  starts_at TEXT NOT NULL DEFAULT '',
  ends_at TEXT NOT NULL DEFAULT '',
  used BIGINT NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  CONSTRAINT contracts_name UNIQUE (organization_id, name),
  CHECK ((kind = 'UNLIMITED') = (quantity IS NULL))
);

CREATE TABLE programs (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  tagline TEXT NOT NULL DEFAULT '',
  enrollment_limit BIGINT CHECK (enrollment_limit > 0),
  created_at TEXT NOT NULL,
  -- Counters: the funnel counts current memberships, the totals everything since the beginning.
  invited BIGINT NOT NULL DEFAULT 0,
  members BIGINT NOT NULL DEFAULT 0,
  removed_members BIGINT NOT NULL DEFAULT 0,
  enrolled BIGINT NOT NULL DEFAULT 0,
  completed BIGINT NOT NULL DEFAULT 0,
  enrollments BIGINT NOT NULL DEFAULT 0,
  completions BIGINT NOT NULL DEFAULT 0,
  timed_enrollments BIGINT NOT NULL DEFAULT 0,
  learning_seconds BIGINT NOT NULL DEFAULT 0,
  lessons BIGINT NOT NULL DEFAULT 0,
  ratings BIGINT NOT NULL DEFAULT 0,
  rating_sum BIGINT NOT NULL DEFAULT 0,
  began_at TEXT NOT NULL DEFAULT '',
  CONSTRAINT programs_slug UNIQUE (organization_id, slug)
);
CREATE INDEX programs_by_name ON programs (organization_id, name_key, id);

CREATE TABLE program_contracts (
  program_id BIGINT NOT NULL REFERENCES programs (id),
  contract_id BIGINT NOT NULL REFERENCES contracts (id),
  PRIMARY KEY (program_id, contract_id)
) {{clustered}};
CREATE INDEX program_contracts_contract ON program_contracts (contract_id);

-- One row serves the Members page: what it sorts and filters by stands here.
CREATE TABLE memberships (
  program_id BIGINT NOT NULL REFERENCES programs (id),
  user_id BIGINT NOT NULL REFERENCES accounts (id),
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  state TEXT NOT NULL CHECK (state IN ('INVITED', 'MEMBER', 'DELETED_MEMBER')),
  contract_id BIGINT REFERENCES contracts (id),
  enrollments BIGINT NOT NULL DEFAULT 0,
  current_enrollments BIGINT NOT NULL DEFAULT 0,
  completions BIGINT NOT NULL DEFAULT 0,
  -- Repeated from users, where the values are checked; the check compares the two.
  manager_name_id BIGINT,
  manager_email_id BIGINT,
  job_title_id BIGINT,
  job_type_id BIGINT,
  business_unit_id BIGINT,
  business_unit_2_id BIGINT,
  location_city_id BIGINT,
  location_country_id BIGINT,
  location_region_id BIGINT,
  last_activity_at TEXT NOT NULL DEFAULT '',
  idle_since TEXT NOT NULL DEFAULT '9999',
  ever_idle_since TEXT NOT NULL DEFAULT '9999',
  -- From when a missed deadline or a failed assessment puts the member at risk. '9999' for never.
  missed_at TEXT NOT NULL DEFAULT '9999',
  failed_at TEXT NOT NULL DEFAULT '9999',
  search_key TEXT NOT NULL,
  email_key TEXT NOT NULL,
  invited_at TEXT NOT NULL DEFAULT '',
  joined_at TEXT NOT NULL DEFAULT '',
  removed_at TEXT NOT NULL DEFAULT '',
  -- What a membership report said of derived figures; compared by the check, never shown.
  given_enrollments BIGINT,
  given_completions BIGINT,
  given_last_activity_at TEXT,
  PRIMARY KEY (program_id, user_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) {{clustered}};
CREATE INDEX memberships_user ON memberships (organization_id, user_id);
CREATE INDEX memberships_by_name ON memberships (program_id, state, search_key, user_id);
CREATE INDEX memberships_by_email ON memberships (program_id, state, email_key, user_id);
CREATE INDEX memberships_by_activity ON memberships (program_id, state, last_activity_at, user_id);
CREATE INDEX memberships_by_enrollments ON memberships (program_id, state, enrollments, user_id);
CREATE INDEX memberships_by_completions ON memberships (program_id, state, completions, user_id);

-- Contracts of a membership beyond the one that holds its license. Reports join them by start date, those that start together by position.
CREATE TABLE membership_contracts (
  program_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  contract_id BIGINT NOT NULL REFERENCES contracts (id),
  position BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (program_id, user_id, contract_id),
  FOREIGN KEY (program_id, user_id) REFERENCES memberships (program_id, user_id)
) {{clustered}};
CREATE INDEX membership_contracts_contract ON membership_contracts (contract_id, program_id, user_id);
