-- Files that were uploaded to be shown, such as the banners of programs; their addresses hold the digest of the content.
CREATE TABLE files (
  id {{id}},
  organization_id BIGINT NOT NULL REFERENCES organizations (id),
  hash TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('PNG', 'JPEG', 'WEBP')),
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  content {{blob}} NOT NULL,
  created_at TEXT NOT NULL,
  CONSTRAINT files_hash UNIQUE (hash, organization_id)
);

-- A program that was removed stays with its history and its slug: when, and by whom; '' for one that goes on.
ALTER TABLE programs ADD COLUMN removed_at TEXT NOT NULL DEFAULT '';
ALTER TABLE programs ADD COLUMN removed_by BIGINT NOT NULL DEFAULT 0;

-- Its banner, and the words for whoever does not see it.
ALTER TABLE programs ADD COLUMN banner_id BIGINT REFERENCES files (id);
ALTER TABLE programs ADD COLUMN banner_text TEXT NOT NULL DEFAULT '';
CREATE INDEX programs_banner ON programs (banner_id) WHERE banner_id IS NOT NULL;
