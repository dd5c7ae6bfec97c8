CREATE TABLE course_ratings (
  program_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  course_id BIGINT NOT NULL,
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  rating SMALLINT NOT NULL CHECK (rating BETWEEN 1 AND 5),
  comment TEXT NOT NULL DEFAULT '',
  rated_at TEXT NOT NULL,
  PRIMARY KEY (program_id, user_id, course_id),
  FOREIGN KEY (program_id, user_id, course_id) REFERENCES enrollments (program_id, user_id, course_id)
) {{clustered}};
CREATE INDEX course_ratings_recent ON course_ratings (organization_id, rated_at) WHERE comment <> '';
CREATE INDEX course_ratings_recent_in_program ON course_ratings (program_id, rated_at) WHERE comment <> '';

-- A lesson counts once per learner, when its last item is completed.
CREATE TABLE lesson_completions (
  program_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  lesson_id BIGINT NOT NULL REFERENCES lessons (id),
  completed_at TEXT NOT NULL,
  PRIMARY KEY (program_id, user_id, lesson_id),
  FOREIGN KEY (program_id, user_id) REFERENCES memberships (program_id, user_id)
) {{clustered}};

-- Continuous sessions; more than 60 idle minutes end one. Their sum is part of the enrollment's learning time.
CREATE TABLE learning_sessions (
  program_id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  course_id BIGINT NOT NULL,
  began_at TEXT NOT NULL,
  seconds BIGINT NOT NULL CHECK (seconds >= 0),
  PRIMARY KEY (program_id, user_id, course_id, began_at),
  FOREIGN KEY (program_id, user_id, course_id) REFERENCES enrollments (program_id, user_id, course_id)
) {{clustered}};

-- What happened on a UTC day in a program; pages add up days, never the rows behind them.
CREATE TABLE daily_totals (
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  day TEXT NOT NULL,
  program_id BIGINT NOT NULL REFERENCES programs (id),
  invitations BIGINT NOT NULL DEFAULT 0,
  joins BIGINT NOT NULL DEFAULT 0,
  first_enrollments BIGINT NOT NULL DEFAULT 0,
  first_completions BIGINT NOT NULL DEFAULT 0,
  enrollments BIGINT NOT NULL DEFAULT 0,
  completions BIGINT NOT NULL DEFAULT 0,
  learning_seconds BIGINT NOT NULL DEFAULT 0,
  lessons BIGINT NOT NULL DEFAULT 0,
  ratings BIGINT NOT NULL DEFAULT 0,
  rating_sum BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, day, program_id)
) {{clustered}};
CREATE INDEX daily_totals_program ON daily_totals (program_id, day);
