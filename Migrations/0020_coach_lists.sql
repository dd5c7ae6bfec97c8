-- How many of an organization's coaches are in each state is counted in an index.
CREATE INDEX coaches_by_state ON coaches (organization_id, deactivated_at, profile_saved_at, hours_saved_at);
