-- Coaching. Where organization_id is 0 the thing is the platform's and serves every organization.

-- The focus skills that a learner's focus areas are chosen from, as the account team lists them.
CREATE TABLE focus_skills (
  id {{id}},
  name TEXT NOT NULL CONSTRAINT focus_skills_name UNIQUE,
  name_key TEXT NOT NULL
);

-- 360° assessments and surveys. Questions stand one a line.
CREATE TABLE feedback_assessments (
  id {{id}},
  organization_id BIGINT NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  questions TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  CONSTRAINT feedback_assessments_name UNIQUE (organization_id, name)
);
CREATE TABLE surveys (
  id {{id}},
  organization_id BIGINT NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  questions TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  CONSTRAINT surveys_name UNIQUE (organization_id, name)
);

-- A coaching plan that was bought. used counts its engagements.
CREATE TABLE company_purchases (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  licenses BIGINT NOT NULL CHECK (licenses >= 0),
  sessions BIGINT NOT NULL CHECK (sessions >= 0),
  late_cancels_count SMALLINT NOT NULL DEFAULT 0 CHECK (late_cancels_count IN (0, 1)),
  expires_at TEXT NOT NULL DEFAULT '',
  used BIGINT NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  CONSTRAINT company_purchases_name UNIQUE (organization_id, name)
);

-- What the account team sets for learners who are added together.
CREATE TABLE coaching_groups (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  company_purchase_id BIGINT REFERENCES company_purchases (id),
  feedback_assessment_id BIGINT REFERENCES feedback_assessments (id),
  survey_id BIGINT REFERENCES surveys (id),
  duration_days BIGINT NOT NULL DEFAULT 180 CHECK (duration_days BETWEEN 1 AND 3650),
  minimum_invited BIGINT NOT NULL DEFAULT 3 CHECK (minimum_invited >= 0),
  minimum_answered BIGINT NOT NULL DEFAULT 3 CHECK (minimum_answered >= 0),
  maximum_invited BIGINT NOT NULL DEFAULT 15 CHECK (maximum_invited >= 0),
  remeasurement SMALLINT NOT NULL DEFAULT 1 CHECK (remeasurement IN (0, 1)),
  -- Days before the end on which remeasurement opens by itself; NULL where an administrator opens it.
  remeasurement_days BIGINT CHECK (remeasurement_days >= 0),
  meeting_links SMALLINT NOT NULL DEFAULT 1 CHECK (meeting_links IN (0, 1)),
  language TEXT NOT NULL DEFAULT 'en',
  created_at TEXT NOT NULL,
  CONSTRAINT coaching_groups_name UNIQUE (organization_id, name),
  CHECK (minimum_answered <= minimum_invited AND minimum_invited <= maximum_invited)
);
CREATE TABLE coaching_group_skills (
  group_id BIGINT NOT NULL REFERENCES coaching_groups (id),
  focus_skill_id BIGINT NOT NULL REFERENCES focus_skills (id),
  PRIMARY KEY (group_id, focus_skill_id)
) {{clustered}};

CREATE TABLE coach_photos (
  id {{id}},
  media_type TEXT NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
  digest TEXT NOT NULL,
  content {{blob}} NOT NULL
);

-- Coaches sign in with an account. An organization's own coach has its id, a platform coach has 0.
CREATE TABLE coaches (
  id {{id}},
  organization_id BIGINT NOT NULL DEFAULT 0,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  search_key TEXT NOT NULL,
  biography TEXT NOT NULL DEFAULT '',
  languages TEXT NOT NULL DEFAULT '',
  credentials TEXT NOT NULL DEFAULT '',
  photo_id BIGINT REFERENCES coach_photos (id),
  time_zone TEXT NOT NULL DEFAULT 'UTC',
  meeting_link TEXT NOT NULL DEFAULT '',
  session_minutes BIGINT NOT NULL DEFAULT 60 CHECK (session_minutes BETWEEN 15 AND 480),
  -- How many learners at once; NULL for no limit.
  capacity BIGINT CHECK (capacity >= 0),
  profile_saved_at TEXT NOT NULL DEFAULT '',
  hours_saved_at TEXT NOT NULL DEFAULT '',
  deactivated_at TEXT NOT NULL DEFAULT '',
  -- Raised by whoever books or moves a session, so that on every engine one booking waits for the other.
  bookings BIGINT NOT NULL DEFAULT 0,
  nps_answers BIGINT NOT NULL DEFAULT 0,
  nps_promoters BIGINT NOT NULL DEFAULT 0,
  nps_detractors BIGINT NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  CONSTRAINT coaches_account UNIQUE (organization_id, account_id)
);
CREATE INDEX coaches_of_account ON coaches (account_id);
CREATE INDEX coaches_by_name ON coaches (organization_id, name_key, id);

-- Working hours in the coach's zone: weekday 1 is Monday, minutes from midnight.
CREATE TABLE coach_hours (
  coach_id BIGINT NOT NULL REFERENCES coaches (id),
  weekday SMALLINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  starts_minute BIGINT NOT NULL CHECK (starts_minute BETWEEN 0 AND 1439),
  ends_minute BIGINT NOT NULL CHECK (ends_minute BETWEEN 1 AND 1440),
  PRIMARY KEY (coach_id, weekday, starts_minute),
  CHECK (starts_minute < ends_minute)
) {{clustered}};
CREATE TABLE coach_time_off (
  id {{id}},
  coach_id BIGINT NOT NULL REFERENCES coaches (id),
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  CHECK (starts_at < ends_at)
);
CREATE INDEX coach_time_off_coach ON coach_time_off (coach_id, ends_at);

-- One learner's coaching: what was said of it. What follows from it stands in engagement_rows.
CREATE TABLE engagements (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  user_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL REFERENCES coaching_groups (id),
  company_purchase_id BIGINT NOT NULL REFERENCES company_purchases (id),
  feedback_assessment_id BIGINT REFERENCES feedback_assessments (id),
  survey_id BIGINT REFERENCES surveys (id),
  coach_id BIGINT REFERENCES coaches (id),
  launched_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  duration_days BIGINT NOT NULL,
  minimum_invited BIGINT NOT NULL,
  minimum_answered BIGINT NOT NULL,
  maximum_invited BIGINT NOT NULL,
  remeasurement SMALLINT NOT NULL CHECK (remeasurement IN (0, 1)),
  remeasurement_days BIGINT,
  -- When remeasurement opens or has opened; '9999' as long as nobody has said when.
  remeasurement_opens_at TEXT NOT NULL DEFAULT '9999',
  meeting_links SMALLINT NOT NULL DEFAULT 1 CHECK (meeting_links IN (0, 1)),
  language TEXT NOT NULL DEFAULT 'en',
  coach_changed SMALLINT NOT NULL DEFAULT 0 CHECK (coach_changed IN (0, 1)),
  first_login_at TEXT NOT NULL DEFAULT '',
  profile_set_up_at TEXT NOT NULL DEFAULT '',
  self_assessment_at TEXT NOT NULL DEFAULT '',
  survey_at TEXT NOT NULL DEFAULT '',
  coaching_plan TEXT NOT NULL DEFAULT 'NONE' CHECK (coaching_plan IN ('NONE', 'BEGUN', 'COMPLETE')),
  plan_feedback_invited SMALLINT NOT NULL DEFAULT 0 CHECK (plan_feedback_invited IN (0, 1)),
  goals_assessed_at TEXT NOT NULL DEFAULT '',
  self_remeasurement_at TEXT NOT NULL DEFAULT '',
  remeasurement_survey_at TEXT NOT NULL DEFAULT '',
  -- Paused while this is later than unpaused_at.
  paused_at TEXT NOT NULL DEFAULT '',
  unpaused_at TEXT NOT NULL DEFAULT '',
  deactivated_at TEXT NOT NULL DEFAULT '',
  extended_at TEXT NOT NULL DEFAULT '',
  added_by BIGINT NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  CONSTRAINT engagements_launch UNIQUE (organization_id, user_id, launched_at),
  CHECK (minimum_answered <= minimum_invited AND minimum_invited <= maximum_invited),
  FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX engagements_group ON engagements (group_id);
CREATE INDEX engagements_purchase ON engagements (company_purchase_id);
CREATE INDEX engagements_coach ON engagements (coach_id);

-- Every coach that an engagement has had, the present one included.
CREATE TABLE engagement_coaches (
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  coach_id BIGINT NOT NULL REFERENCES coaches (id),
  organization_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  assigned_at TEXT NOT NULL,
  PRIMARY KEY (engagement_id, coach_id)
) {{clustered}};
CREATE INDEX engagement_coaches_coach ON engagement_coaches (coach_id, organization_id, user_id);

CREATE TABLE engagement_notes (
  id {{id}},
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  author_id BIGINT NOT NULL DEFAULT 0,
  text TEXT NOT NULL,
  -- The text's beginning, folded.
  note_key TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX engagement_notes_engagement ON engagement_notes (engagement_id, at, id);

CREATE TABLE feedback_invitations (
  id {{id}},
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  round SMALLINT NOT NULL CHECK (round IN (1, 2)),
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  relation TEXT NOT NULL DEFAULT '',
  invited_at TEXT NOT NULL,
  answered_at TEXT NOT NULL DEFAULT '',
  removed_at TEXT NOT NULL DEFAULT '',
  CONSTRAINT feedback_invitations_once UNIQUE (engagement_id, round, email_key)
);

CREATE TABLE coaching_sessions (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  user_id BIGINT NOT NULL,
  coach_id BIGINT NOT NULL REFERENCES coaches (id),
  -- The other system's own id, where the session came from one.
  external_id TEXT,
  starts_at TEXT NOT NULL,
  ends_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('SCHEDULED', 'COMPLETED', 'CANCELED', 'LATE_CANCELED', 'MISSED')),
  canceled_at TEXT NOT NULL DEFAULT '',
  canceled_by TEXT NOT NULL DEFAULT '' CHECK (canceled_by IN ('', 'LEARNER', 'COACH')),
  manager_attended SMALLINT NOT NULL DEFAULT 0 CHECK (manager_attended IN (0, 1)),
  rating SMALLINT CHECK (rating BETWEEN 1 AND 5),
  comment TEXT NOT NULL DEFAULT '',
  meeting_link TEXT NOT NULL DEFAULT '',
  CHECK (starts_at < ends_at)
);
CREATE UNIQUE INDEX coaching_sessions_external_id ON coaching_sessions (organization_id, external_id);
CREATE UNIQUE INDEX coaching_sessions_slot ON coaching_sessions (coach_id, starts_at) WHERE state = 'SCHEDULED';
CREATE INDEX coaching_sessions_engagement ON coaching_sessions (engagement_id, starts_at);
CREATE INDEX coaching_sessions_coach ON coaching_sessions (coach_id, starts_at);
CREATE INDEX coaching_sessions_rated ON coaching_sessions (coach_id, organization_id, user_id) WHERE rating IS NOT NULL;

-- The skills that an engagement concentrates on: given by an administrator, or chosen by the learner.
CREATE TABLE focus_areas (
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  focus_skill_id BIGINT NOT NULL REFERENCES focus_skills (id),
  chosen SMALLINT NOT NULL DEFAULT 0 CHECK (chosen IN (0, 1)),
  PRIMARY KEY (engagement_id, focus_skill_id)
) {{clustered}};

CREATE TABLE goals (
  id {{id}},
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  text TEXT NOT NULL,
  achieved SMALLINT NOT NULL DEFAULT 0 CHECK (achieved IN (0, 1)),
  CONSTRAINT goals_text UNIQUE (engagement_id, text)
);

-- Answers of 0 to 10; the coach is the one at the time of the answer.
CREATE TABLE nps_responses (
  id {{id}},
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  coach_id BIGINT REFERENCES coaches (id),
  score SMALLINT NOT NULL CHECK (score BETWEEN 0 AND 10),
  comment TEXT NOT NULL DEFAULT '',
  answered_at TEXT NOT NULL,
  CONSTRAINT nps_responses_once UNIQUE (engagement_id, answered_at)
);
CREATE INDEX nps_responses_coach ON nps_responses (coach_id);

CREATE TABLE survey_answers (
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  round SMALLINT NOT NULL CHECK (round IN (1, 2)),
  position BIGINT NOT NULL,
  question TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (engagement_id, round, position)
) {{clustered}};

-- What the Learners page lists, sorts and filters by: it all follows from the tables above, and the check works it out again. Numbers come first,
-- so that a pass over many rows reads little. stage: 1 Onboarding, 2 Steady State, 3 Remeasurement, 4 Paused, 5 Deactivated, 6 Completed.
CREATE TABLE engagement_rows (
  organization_id BIGINT NOT NULL,
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  stage SMALLINT NOT NULL DEFAULT 0,
  group_id BIGINT NOT NULL DEFAULT 0,
  coach_id BIGINT NOT NULL DEFAULT 0,
  assigned_coach_id BIGINT NOT NULL DEFAULT 0,
  profile SMALLINT NOT NULL DEFAULT 0,
  self_assessment SMALLINT NOT NULL DEFAULT 0,
  feedback_invited BIGINT NOT NULL DEFAULT 0,
  feedback_answered BIGINT NOT NULL DEFAULT 0,
  feedback_completed SMALLINT NOT NULL DEFAULT 0,
  survey SMALLINT NOT NULL DEFAULT 0,
  coach_changed SMALLINT NOT NULL DEFAULT 0,
  sessions_completed BIGINT NOT NULL DEFAULT 0,
  sessions_remaining BIGINT NOT NULL DEFAULT 0,
  late_cancels BIGINT NOT NULL DEFAULT 0,
  manager_sessions BIGINT NOT NULL DEFAULT 0,
  ratings BIGINT NOT NULL DEFAULT 0,
  rating_sum BIGINT NOT NULL DEFAULT 0,
  -- 0 none, 1 begun, 2 complete.
  coaching_plan SMALLINT NOT NULL DEFAULT 0,
  plan_feedback SMALLINT NOT NULL DEFAULT 0,
  focus_areas BIGINT NOT NULL DEFAULT 0,
  focus_selected SMALLINT NOT NULL DEFAULT 0,
  remeasurement SMALLINT NOT NULL DEFAULT 0,
  remeasurement_opened SMALLINT NOT NULL DEFAULT 0,
  remeasurement_completed SMALLINT NOT NULL DEFAULT 0,
  goals BIGINT NOT NULL DEFAULT 0,
  goals_achieved BIGINT NOT NULL DEFAULT 0,
  goals_assessed SMALLINT NOT NULL DEFAULT 0,
  nps SMALLINT NOT NULL DEFAULT 0,
  self_remeasurement SMALLINT NOT NULL DEFAULT 0,
  second_feedback_completed SMALLINT NOT NULL DEFAULT 0,
  remeasurement_survey SMALLINT NOT NULL DEFAULT 0,
  impact_report SMALLINT NOT NULL DEFAULT 0,
  launched_at TEXT NOT NULL DEFAULT '',
  first_login_at TEXT NOT NULL DEFAULT '',
  ends_at TEXT NOT NULL DEFAULT '',
  first_session_at TEXT NOT NULL DEFAULT '',
  last_session_at TEXT NOT NULL DEFAULT '',
  -- '9999' for none, so that the soonest comes first.
  next_session_at TEXT NOT NULL DEFAULT '9999',
  last_late_cancel_at TEXT NOT NULL DEFAULT '',
  paused_at TEXT NOT NULL DEFAULT '',
  unpaused_at TEXT NOT NULL DEFAULT '',
  deactivated_at TEXT NOT NULL DEFAULT '',
  extended_at TEXT NOT NULL DEFAULT '',
  -- When the row changes by time alone; '9999' for never.
  due_at TEXT NOT NULL DEFAULT '9999',
  search_key TEXT NOT NULL DEFAULT '',
  email_key TEXT NOT NULL DEFAULT '',
  coach_key TEXT NOT NULL DEFAULT '',
  assigned_key TEXT NOT NULL DEFAULT '',
  -- The first of the focus areas' names, and the latest note's beginning, folded.
  focus_key TEXT NOT NULL DEFAULT '',
  note_key TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (organization_id, engagement_id)
) {{clustered}};
-- A change knows engagements by their ids.
CREATE UNIQUE INDEX engagement_rows_engagement ON engagement_rows (engagement_id);
CREATE INDEX engagement_rows_due ON engagement_rows (due_at) WHERE due_at <> '9999';
CREATE INDEX engagement_rows_by_stage ON engagement_rows (organization_id, stage, engagement_id);
CREATE INDEX engagement_rows_by_name ON engagement_rows (organization_id, search_key, engagement_id);
CREATE INDEX engagement_rows_by_email ON engagement_rows (organization_id, email_key, engagement_id);
CREATE INDEX engagement_rows_by_launch ON engagement_rows (organization_id, launched_at, engagement_id);
CREATE INDEX engagement_rows_by_end ON engagement_rows (organization_id, ends_at, engagement_id);
CREATE INDEX engagement_rows_by_coach ON engagement_rows (organization_id, coach_key, engagement_id);
CREATE INDEX engagement_rows_by_last ON engagement_rows (organization_id, last_session_at, engagement_id);
CREATE INDEX engagement_rows_by_next ON engagement_rows (organization_id, next_session_at, engagement_id);
CREATE INDEX engagement_rows_stage_by_name ON engagement_rows (organization_id, stage, search_key, engagement_id);
CREATE INDEX engagement_rows_stage_by_email ON engagement_rows (organization_id, stage, email_key, engagement_id);
CREATE INDEX engagement_rows_stage_by_launch ON engagement_rows (organization_id, stage, launched_at, engagement_id);
CREATE INDEX engagement_rows_stage_by_end ON engagement_rows (organization_id, stage, ends_at, engagement_id);
CREATE INDEX engagement_rows_stage_by_coach ON engagement_rows (organization_id, stage, coach_key, engagement_id);
CREATE INDEX engagement_rows_stage_by_last ON engagement_rows (organization_id, stage, last_session_at, engagement_id);
CREATE INDEX engagement_rows_stage_by_next ON engagement_rows (organization_id, stage, next_session_at, engagement_id);

-- How many engagements are in each stage: the counts on the tabs.
CREATE TABLE engagement_totals (
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  stage SMALLINT NOT NULL,
  engagements BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, stage)
) {{clustered}};

-- What a coach has done in an organization: learners now and ever, completed sessions, ratings.
CREATE TABLE coach_totals (
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  coach_id BIGINT NOT NULL REFERENCES coaches (id),
  clients_now BIGINT NOT NULL DEFAULT 0,
  clients_ever BIGINT NOT NULL DEFAULT 0,
  sessions BIGINT NOT NULL DEFAULT 0,
  ratings BIGINT NOT NULL DEFAULT 0,
  rating_sum BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, coach_id)
) {{clustered}};
CREATE INDEX coach_totals_coach ON coach_totals (coach_id);

-- Who is entitled to the programs of an audience. COACHING is the one that every coaching learner enters.
CREATE TABLE audiences (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  kind TEXT NOT NULL CHECK (kind IN ('COACHING')),
  CONSTRAINT audiences_kind UNIQUE (organization_id, kind)
);
CREATE TABLE audience_members (
  audience_id BIGINT NOT NULL REFERENCES audiences (id),
  user_id BIGINT NOT NULL REFERENCES accounts (id),
  added_at TEXT NOT NULL,
  PRIMARY KEY (audience_id, user_id)
) {{clustered}};
CREATE TABLE audience_programs (
  audience_id BIGINT NOT NULL REFERENCES audiences (id),
  program_id BIGINT NOT NULL REFERENCES programs (id),
  PRIMARY KEY (audience_id, program_id)
) {{clustered}};
-- Whether a person is shown the way to coaching.
ALTER TABLE users ADD COLUMN coaching_link SMALLINT NOT NULL DEFAULT 0 CHECK (coaching_link IN (0, 1));

-- What was done to engagements at once, with what each was before, so that it can be undone.
CREATE TABLE engagement_acts (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  actor_id BIGINT NOT NULL,
  act TEXT NOT NULL,
  at TEXT NOT NULL,
  undone_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX engagement_acts_organization ON engagement_acts (organization_id, at);
CREATE TABLE engagement_act_rows (
  act_id BIGINT NOT NULL REFERENCES engagement_acts (id),
  engagement_id BIGINT NOT NULL REFERENCES engagements (id),
  -- JSON: the columns that the act changed, before and after it.
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY (act_id, engagement_id)
) {{clustered}};
CREATE INDEX engagement_act_rows_engagement ON engagement_act_rows (engagement_id, act_id);

-- The state of a list under a name: a query of its address, for one administrator or for all of the organization.
CREATE TABLE saved_views (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  list TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  shared SMALLINT NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
  created_at TEXT NOT NULL,
  CONSTRAINT saved_views_name UNIQUE (organization_id, account_id, list, name)
);
CREATE INDEX saved_views_list ON saved_views (organization_id, list);
