-- The usage report as one statement for the database's own tool, in whatever order it likes best. TWO_DECIMALS(x) stands for that
-- tool's way of writing x with two decimals.
SELECT u.name AS "Name", u.email AS "Email", u.external_id AS "External Id",
  c.name AS "Course", c.external_id AS "Course ID", c.slug AS "Course Slug", n.name AS "University",
  e.enrolled_at AS "Enrollment Time", e.class_starts_at AS "Class Start Time", e.last_activity_at AS "Last Course Activity Time",
  TWO_DECIMALS(e.progress) AS "Overall Progress", TWO_DECIMALS(e.learning_seconds / 3600.0) AS "Estimated Learning Hours",
  CASE WHEN e.completed = 1 THEN 'Yes' ELSE 'No' END AS "Completed", CASE WHEN e.removed = 1 THEN 'Yes' ELSE 'No' END AS "Removed From Program",
  p.slug AS "Program Slug", p.name AS "Program Name", e.source AS "Enrollment Source", e.completed_at AS "Completion Time",
  TWO_DECIMALS(e.grade) AS "Course Grades", k.name AS "Contract",
  a1.value AS "Manager Name", a2.value AS "Manager Email", a3.value AS "Job Title", a4.value AS "Job Type", a5.value AS "Business Unit",
  a6.value AS "Business Unit 2", a7.value AS "Location City", a8.value AS "Location Country", a9.value AS "Location Region"
FROM programs p
JOIN enrollments e ON e.program_id = p.id
JOIN users u ON u.organization_id = p.organization_id AND u.id = e.user_id
JOIN courses c ON c.id = e.course_id
LEFT JOIN partners n ON n.id = c.partner_id
LEFT JOIN contracts k ON k.id = e.contract_id
LEFT JOIN attribute_values a1 ON a1.id = u.manager_name_id
LEFT JOIN attribute_values a2 ON a2.id = u.manager_email_id
LEFT JOIN attribute_values a3 ON a3.id = u.job_title_id
LEFT JOIN attribute_values a4 ON a4.id = u.job_type_id
LEFT JOIN attribute_values a5 ON a5.id = u.business_unit_id
LEFT JOIN attribute_values a6 ON a6.id = u.business_unit_2_id
LEFT JOIN attribute_values a7 ON a7.id = u.location_city_id
LEFT JOIN attribute_values a8 ON a8.id = u.location_country_id
LEFT JOIN attribute_values a9 ON a9.id = u.location_region_id
WHERE p.organization_id = (SELECT id FROM organizations WHERE slug = 'bench')
