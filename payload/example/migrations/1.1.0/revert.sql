-- 1.1.0 -> 1.0.0, with whatever was registered since.
DROP VIEW settlement_register;
DROP TRIGGER visit_seen;

ALTER TABLE settlement RENAME TO village;
ALTER TABLE visit RENAME COLUMN visited_on TO day;

CREATE TABLE patient_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    full_name TEXT NOT NULL,
    village_id INTEGER NOT NULL REFERENCES village(id) ON DELETE RESTRICT,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'moved', 'dead')),
    phone TEXT,
    last_visit TEXT
);
INSERT INTO patient_old (id, full_name, village_id, status, phone, last_visit)
    SELECT id,
           given_name || coalesce(' ' || family_name, ''),
           settlement_id,
           CASE status WHEN 1 THEN 'active' WHEN 2 THEN 'moved' WHEN 3 THEN 'dead' END,
           phone,
           last_visit
    FROM patient LEFT JOIN patient_contact ON patient_id = patient.id;

DELETE FROM sqlite_sequence WHERE name = 'patient_old';
INSERT INTO sqlite_sequence (name, seq) SELECT 'patient_old', seq FROM sqlite_sequence WHERE name = 'patient';

DROP TABLE patient_contact;
DROP TABLE patient;
ALTER TABLE patient_old RENAME TO patient;

CREATE INDEX patient_village ON patient (village_id, full_name COLLATE NOCASE);
CREATE TRIGGER visit_seen AFTER INSERT ON visit BEGIN
    UPDATE patient SET last_visit = max(coalesce(last_visit, ''), NEW.day) WHERE id = NEW.patient_id;
END;
CREATE VIEW village_register AS
    SELECT village.name AS village, count(patient.id) AS patients, max(patient.last_visit) AS last_visit
    FROM village LEFT JOIN patient ON patient.village_id = village.id GROUP BY village.id;

PRAGMA user_version = 1;
