#include "payload/example/revision.h"

namespace lockstep::clinic {
namespace {

constexpr const char* schema_text = R"(
CREATE TABLE village (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE
);
CREATE TABLE patient (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    full_name TEXT NOT NULL,
    village_id INTEGER NOT NULL REFERENCES village(id) ON DELETE RESTRICT,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'moved', 'dead')),
    phone TEXT,
    last_visit TEXT
);
CREATE TABLE visit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL REFERENCES patient(id) ON DELETE CASCADE,
    day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
    complaint TEXT NOT NULL
);
CREATE INDEX patient_village ON patient (village_id, full_name COLLATE NOCASE);
CREATE INDEX visit_patient ON visit (patient_id, day);
CREATE TRIGGER visit_seen AFTER INSERT ON visit BEGIN
    UPDATE patient SET last_visit = max(coalesce(last_visit, ''), NEW.day) WHERE id = NEW.patient_id;
END;
CREATE VIEW village_register AS
    SELECT village.name AS village, count(patient.id) AS patients, max(patient.last_visit) AS last_visit
    FROM village LEFT JOIN patient ON patient.village_id = village.id GROUP BY village.id;
)";

} // namespace

const Revision revision{
    .version = "1.0.0",
    .schema = 1,
    .create = schema_text,
    .add_place = "INSERT INTO village (name) VALUES (?1) ON CONFLICT (name) DO NOTHING",
    .add_patient = "INSERT INTO patient (full_name, village_id) SELECT ?1, id FROM village WHERE name = ?2",
    .add_visit = "INSERT INTO visit (patient_id, day, complaint) VALUES (?1, ?2, ?3)",
    .sample_details = "UPDATE patient SET status = CASE id % 10 WHEN 3 THEN 'moved' WHEN 7 THEN 'dead' "
                      "ELSE 'active' END, phone = CASE WHEN id % 3 = 0 THEN printf('+45 5550 %04d', id) END",
    .list = "SELECT patient.id, full_name, village.name, status, last_visit, phone "
            "FROM patient JOIN village ON village.id = village_id ORDER BY patient.id",
    .problems =
        "SELECT 'there is no ' || kind || ' ' || wanted.name FROM "
        "(SELECT 'index' AS kind, 'patient_village' AS name UNION ALL SELECT 'index', 'visit_patient' "
        "UNION ALL SELECT 'trigger', 'visit_seen' UNION ALL SELECT 'view', 'village_register') AS wanted "
        "WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = kind AND name = wanted.name) "
        "UNION ALL SELECT 'the villages count other patients than there are' "
        "WHERE (SELECT sum(patients) FROM village_register) <> (SELECT count(*) FROM patient)",
};

} // namespace lockstep::clinic
