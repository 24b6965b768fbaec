-- This migration fails, on purpose, wherever one village has two patients of the same name: the sample that it was
-- rehearsed on has none, a real register sooner or later does. But for that UNIQUE it is migrations/1.1.0/all.sql.
--
-- 1.0.0 -> 1.1.0: villages become settlements; a name is split; telephone numbers get a table of their own; a
-- patient's status becomes a code; every patient gets a uuid; visit.day becomes visited_on.
-- The order is SQLite's own for rebuilding a table: make new, copy, drop old, rename new.

-- What refers to a column that changes goes first, else the renames fail on it.
DROP VIEW village_register;
DROP TRIGGER visit_seen;

ALTER TABLE village RENAME TO settlement;
ALTER TABLE visit RENAME COLUMN day TO visited_on;

SELECT require(NOT EXISTS (SELECT 1 FROM patient WHERE full_name = ''), 'a patient has no name');

CREATE TABLE patient_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT,
    settlement_id INTEGER NOT NULL REFERENCES settlement(id) ON DELETE RESTRICT,
    status INTEGER NOT NULL DEFAULT 1 CHECK (status IN (1, 2, 3)),
    last_visit TEXT,
    UNIQUE (settlement_id, given_name, family_name)
);
-- A name without a space has no family name (NULL); one that ends in a space has an empty one: revert.sql needs both.
INSERT INTO patient_new (id, uuid, given_name, family_name, settlement_id, status, last_visit)
    SELECT id,
           uuid5('6ba7b812-9dad-11d1-80b4-00c04fd430c8', 'clinic/patient/' || id),
           substr(full_name, 1, instr(full_name || ' ', ' ') - 1),
           CASE WHEN instr(full_name, ' ') > 0 THEN substr(full_name, instr(full_name, ' ') + 1) END,
           village_id,
           CASE status WHEN 'active' THEN 1 WHEN 'moved' THEN 2 WHEN 'dead' THEN 3 END,
           last_visit
    FROM patient;

CREATE TABLE patient_contact (
    patient_id INTEGER PRIMARY KEY REFERENCES patient(id) ON DELETE CASCADE,
    phone TEXT NOT NULL
);
INSERT INTO patient_contact (patient_id, phone) SELECT id, phone FROM patient WHERE phone IS NOT NULL;

-- AUTOINCREMENT's high-water mark moves along, so that no number is given out twice.
DELETE FROM sqlite_sequence WHERE name = 'patient_new';
INSERT INTO sqlite_sequence (name, seq) SELECT 'patient_new', seq FROM sqlite_sequence WHERE name = 'patient';

DROP TABLE patient;
ALTER TABLE patient_new RENAME TO patient;

CREATE INDEX patient_settlement ON patient (settlement_id, given_name COLLATE NOCASE, family_name COLLATE NOCASE);
CREATE TRIGGER visit_seen AFTER INSERT ON visit BEGIN
    UPDATE patient SET last_visit = max(coalesce(last_visit, ''), NEW.visited_on) WHERE id = NEW.patient_id;
END;
CREATE VIEW settlement_register AS
    SELECT settlement.name AS settlement, count(patient.id) AS patients, max(patient.last_visit) AS last_visit
    FROM settlement LEFT JOIN patient ON patient.settlement_id = settlement.id GROUP BY settlement.id;

PRAGMA user_version = 2;
