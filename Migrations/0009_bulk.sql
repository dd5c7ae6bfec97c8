-- The Users page sorts those who joined by an index; whoever is only invited costs these indexes nothing, as on memberships.
DROP INDEX users_by_name;
DROP INDEX users_by_email;
DROP INDEX users_by_activity;
CREATE INDEX users_by_name ON users (organization_id, joined, search_key, id) WHERE joined = 1;
CREATE INDEX users_by_email ON users (organization_id, joined, email_key, id) WHERE joined = 1;
CREATE INDEX users_by_activity ON users (organization_id, joined, last_activity_at, id) WHERE joined = 1;
