-- Checked files of people: how their confirmation goes on, and how they go away.

-- When it was thrown away, or had been kept long enough. From then on nobody finds it, and its rows go bit by bit.
ALTER TABLE upload_drafts ADD COLUMN removed_at TEXT NOT NULL DEFAULT '';
CREATE INDEX upload_drafts_removed ON upload_drafts (id) WHERE removed_at <> '';
-- What has been kept the longest, of each state.
CREATE INDEX upload_drafts_checked ON upload_drafts (created_at) WHERE state = 'CHECKED' AND removed_at = '';
CREATE INDEX upload_drafts_done ON upload_drafts (done_at) WHERE state = 'DONE' AND removed_at = '';

-- A confirmation that goes on while pages are served. It decides nothing: whether a draft is confirmed stands in the draft. A row whose process has
-- ended, or shows no sign of life any more, is as good as none.
CREATE TABLE upload_runs (
  draft_id BIGINT NOT NULL PRIMARY KEY REFERENCES upload_drafts (id),
  -- Which process is at it: a random mark that each makes when it starts.
  process TEXT NOT NULL,
  alive_at TEXT NOT NULL,
  ended_at TEXT NOT NULL DEFAULT '',
  -- Which of how many steps it is at, and that step in words.
  step BIGINT NOT NULL DEFAULT 0,
  steps BIGINT NOT NULL DEFAULT 0,
  words TEXT NOT NULL DEFAULT '',
  -- What came of it: a sentence, or why it was refused, JSON.
  sentence TEXT NOT NULL DEFAULT '',
  refusal TEXT NOT NULL DEFAULT ''
) {{clustered}};
