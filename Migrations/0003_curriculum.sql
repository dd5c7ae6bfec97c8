CREATE TABLE partners (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  CONSTRAINT partners_name UNIQUE (organization_id, name)
);

CREATE TABLE courses (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  external_id TEXT NOT NULL,
  slug TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  partner_id BIGINT REFERENCES partners (id),
  created_at TEXT NOT NULL,
  CONSTRAINT courses_external_id UNIQUE (organization_id, external_id)
);

CREATE TABLE skills (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  domain TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  CONSTRAINT skills_name UNIQUE (organization_id, domain, name)
);

CREATE TABLE course_skills (
  course_id BIGINT NOT NULL REFERENCES courses (id),
  skill_id BIGINT NOT NULL REFERENCES skills (id),
  PRIMARY KEY (course_id, skill_id)
) {{clustered}};

-- A course as a program offers it: class start, and with it the due times, belong to the two together.
CREATE TABLE program_courses (
  program_id BIGINT NOT NULL REFERENCES programs (id),
  course_id BIGINT NOT NULL REFERENCES courses (id),
  class_starts_at TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (program_id, course_id)
) {{clustered}};

CREATE TABLE assessments (
  id {{id}},
  program_id BIGINT NOT NULL REFERENCES programs (id),
  course_id BIGINT NOT NULL REFERENCES courses (id),
  external_id TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  due_at TEXT NOT NULL DEFAULT '',
  weight DOUBLE PRECISION,
  passing_score DOUBLE PRECISION,
  maximum_score DOUBLE PRECISION,
  required SMALLINT NOT NULL CHECK (required IN (0, 1)),
  CONSTRAINT assessments_external_id UNIQUE (program_id, course_id, external_id)
);

CREATE TABLE lessons (
  id {{id}},
  course_id BIGINT NOT NULL REFERENCES courses (id),
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT lessons_position UNIQUE (course_id, position)
);
