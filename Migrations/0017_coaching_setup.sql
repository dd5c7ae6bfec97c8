-- What serves the account team's pages of coaching: what uses a thing is found without reading every engagement, and a photo by its address.
CREATE INDEX engagements_assessment ON engagements (feedback_assessment_id) WHERE feedback_assessment_id IS NOT NULL;
CREATE INDEX engagements_survey ON engagements (survey_id) WHERE survey_id IS NOT NULL;
CREATE INDEX focus_areas_skill ON focus_areas (focus_skill_id);
CREATE INDEX coaching_group_skills_skill ON coaching_group_skills (focus_skill_id);
CREATE INDEX coach_photos_digest ON coach_photos (digest);
