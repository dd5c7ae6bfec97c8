CREATE TABLE enrollments (
  program_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  course_id BIGINT NOT NULL REFERENCES courses (id),
  contract_id BIGINT REFERENCES contracts (id),
  enrolled_at TEXT NOT NULL,
  class_starts_at TEXT NOT NULL DEFAULT '',
  last_activity_at TEXT NOT NULL DEFAULT '',
  completed_at TEXT NOT NULL DEFAULT '',
  left_at TEXT NOT NULL DEFAULT '',
  completed SMALLINT NOT NULL DEFAULT 0 CHECK (completed IN (0, 1)),
  verified SMALLINT NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
  removed SMALLINT NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  progress DOUBLE PRECISION,
  learning_seconds BIGINT,
  grade DOUBLE PRECISION,
  source TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (program_id, user_id, course_id),
  FOREIGN KEY (program_id, user_id) REFERENCES memberships (program_id, user_id)
) {{clustered}};

CREATE TABLE assessment_attempts (
  program_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  assessment_id BIGINT NOT NULL REFERENCES assessments (id),
  attempted_at TEXT NOT NULL,
  score DOUBLE PRECISION,
  maximum_score DOUBLE PRECISION,
  passed SMALLINT CHECK (passed IN (0, 1)),
  PRIMARY KEY (program_id, user_id, assessment_id, attempted_at),
  FOREIGN KEY (program_id, user_id) REFERENCES memberships (program_id, user_id)
) {{clustered}};
