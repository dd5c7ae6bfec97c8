-- The Members page by the two dates, whose orders nothing held.
CREATE INDEX memberships_by_invitation ON memberships (program_id, state, invited_at, user_id) WHERE state = 'MEMBER';
CREATE INDEX memberships_by_joining ON memberships (program_id, state, joined_at, user_id) WHERE state = 'MEMBER';
-- All that the page filters by and sorts by without an order of its own, a quarter of what the rows themselves take. PostgreSQL would have to
-- look up each row all the same to know whether it is seen.
-- sqlite: CREATE INDEX memberships_narrow ON memberships (program_id, state, user_id, contract_id, enrollments, completions, manager_name_id,
-- sqlite:   manager_email_id, job_title_id, job_type_id, business_unit_id, business_unit_2_id, location_city_id, location_country_id,
-- sqlite:   location_region_id, idle_since, missed_at, failed_at) WHERE state = 'MEMBER';

-- The Learners page likewise: what it tells in numbers, and its dates. A row of the table takes ten times as much.
-- sqlite: CREATE INDEX engagement_rows_numbers ON engagement_rows (organization_id, engagement_id, stage, group_id, coach_id, assigned_coach_id,
-- sqlite:   profile, self_assessment, feedback_invited, feedback_answered, feedback_completed, survey, coach_changed, sessions_completed,
-- sqlite:   sessions_remaining, late_cancels, manager_sessions, ratings, rating_sum, coaching_plan, plan_feedback, focus_areas, focus_selected,
-- sqlite:   remeasurement, remeasurement_opened, remeasurement_completed, goals, goals_achieved, goals_assessed, nps, self_remeasurement,
-- sqlite:   second_feedback_completed, remeasurement_survey, impact_report, launched_at);
-- sqlite: CREATE INDEX engagement_rows_dates ON engagement_rows (organization_id, engagement_id, stage, group_id, coach_id, launched_at,
-- sqlite:   first_login_at, first_session_at, last_late_cancel_at, paused_at, unpaused_at, deactivated_at, extended_at);
CREATE INDEX engagement_rows_by_focus ON engagement_rows (organization_id, focus_key, engagement_id);
CREATE INDEX engagement_rows_by_note ON engagement_rows (organization_id, note_key, engagement_id);
CREATE INDEX engagement_rows_stage_by_focus ON engagement_rows (organization_id, stage, focus_key, engagement_id);
CREATE INDEX engagement_rows_stage_by_note ON engagement_rows (organization_id, stage, note_key, engagement_id);
