-- Temperatures begin empty.
SELECT id, temperature FROM main.visit WHERE temperature IS NOT NULL;

-- A patient or a visit that got lost on the way.
SELECT 'patient' AS kind, id FROM before.patient WHERE id NOT IN (SELECT id FROM main.patient)
UNION ALL SELECT 'visit', id FROM before.visit WHERE id NOT IN (SELECT id FROM main.visit);
