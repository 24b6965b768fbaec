// Revisions 1.1.0 and, with CLINIC_TEMPERATURE, 1.2.0, which only adds a column.
#include "payload/example/revision.h"

namespace lockstep::clinic {
namespace {

#ifdef CLINIC_TEMPERATURE
constexpr const char* version_text = "1.2.0";
constexpr int schema_number = 3;
#define CLINIC_LATER_SCHEMA                                                                                  \
    "ALTER TABLE visit ADD COLUMN temperature REAL CHECK (temperature BETWEEN 20 AND 50);"
#define CLINIC_LATER_PROBLEM                                                                                 \
    " UNION ALL SELECT 'a temperature is no number' WHERE EXISTS "                                           \
    "(SELECT 1 FROM visit WHERE typeof(visit.temperature) NOT IN ('real', 'null'))"
#else
constexpr const char* version_text = "1.1.0";
constexpr int schema_number = 2;
#define CLINIC_LATER_SCHEMA ""
#define CLINIC_LATER_PROBLEM ""
#endif

// migrations/1.1.0/all.sql makes the same of a 1.0.0 register; a new installation starts with this.
constexpr const char* schema_text = R"(
CREATE TABLE settlement (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE
);
CREATE TABLE patient (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    family_name TEXT,
    settlement_id INTEGER NOT NULL REFERENCES settlement(id) ON DELETE RESTRICT,
    status INTEGER NOT NULL DEFAULT 1 CHECK (status IN (1, 2, 3)),
    last_visit TEXT
);
CREATE TABLE patient_contact (
    patient_id INTEGER PRIMARY KEY REFERENCES patient(id) ON DELETE CASCADE,
    phone TEXT NOT NULL
);
CREATE TABLE visit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id INTEGER NOT NULL REFERENCES patient(id) ON DELETE CASCADE,
    visited_on TEXT NOT NULL CHECK (visited_on GLOB '????-??-??'),
    complaint TEXT NOT NULL
);
CREATE INDEX patient_settlement ON patient (settlement_id, given_name COLLATE NOCASE, family_name COLLATE NOCASE);
CREATE INDEX visit_patient ON visit (patient_id, visited_on);
CREATE TRIGGER visit_seen AFTER INSERT ON visit BEGIN
    UPDATE patient SET last_visit = max(coalesce(last_visit, ''), NEW.visited_on) WHERE id = NEW.patient_id;
END;
CREATE VIEW settlement_register AS
    SELECT settlement.name AS settlement, count(patient.id) AS patients, max(patient.last_visit) AS last_visit
    FROM settlement LEFT JOIN patient ON patient.settlement_id = settlement.id GROUP BY settlement.id;
)" CLINIC_LATER_SCHEMA;

} // namespace

const Revision revision{
    .version = version_text,
    .schema = schema_number,
    .create = schema_text,
    .add_place = "INSERT INTO settlement (name) VALUES (?1) ON CONFLICT (name) DO NOTHING",
    // Everything before the first space is the given name: the same rule as in migrations/1.1.0/all.sql.
    .add_patient = "INSERT INTO patient (uuid, given_name, family_name, settlement_id) "
                   "SELECT lower(hex(randomblob(16))), substr(?1, 1, instr(?1 || ' ', ' ') - 1), "
                   "CASE WHEN instr(?1, ' ') > 0 THEN substr(?1, instr(?1, ' ') + 1) END, id "
                   "FROM settlement WHERE name = ?2",
    .add_visit = "INSERT INTO visit (patient_id, visited_on, complaint) VALUES (?1, ?2, ?3)",
    .sample_details =
        "UPDATE patient SET status = CASE id % 10 WHEN 3 THEN 2 WHEN 7 THEN 3 ELSE 1 END;"
        "INSERT INTO patient_contact SELECT id, printf('+45 5550 %04d', id) FROM patient WHERE id % 3 = 0",
    .list = "SELECT patient.id, given_name || coalesce(' ' || family_name, ''), settlement.name, "
            "CASE status WHEN 1 THEN 'active' WHEN 2 THEN 'moved' ELSE 'dead' END, last_visit, phone "
            "FROM patient JOIN settlement ON settlement.id = settlement_id "
            "LEFT JOIN patient_contact ON patient_id = patient.id ORDER BY patient.id",
    .problems =
        "SELECT 'there is no ' || kind || ' ' || wanted.name FROM "
        "(SELECT 'index' AS kind, 'patient_settlement' AS name UNION ALL SELECT 'index', 'visit_patient' "
        "UNION ALL SELECT 'trigger', 'visit_seen' UNION ALL SELECT 'view', 'settlement_register') AS wanted "
        "WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = kind AND name = wanted.name) "
        "UNION ALL SELECT 'the settlements count other patients than there are' "
        "WHERE (SELECT sum(patients) FROM settlement_register) <> (SELECT count(*) FROM patient)" //
    CLINIC_LATER_PROBLEM,
};

} // namespace lockstep::clinic
