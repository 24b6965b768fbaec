// The register of the example application: one SQLite database beside the executable, in data/clinic.db.
#pragma once

#include "payload/sqlite.h"

#include <string>
#include <vector>

namespace lockstep::clinic {

// Makes data/clinic.db with this revision's schema and `patients` sample patients: the same number, the same
// rows (but for the random uuid of later revisions). Throws Error where there is a register already.
void make_register(const std::string& folder, int patients);

// Throws Error (not_recognised) where the register belongs to another revision.
Database open_register(const std::string& folder, OpenMode mode);

void add_patient(Database& register_, const std::string& name, const std::string& village);

// One line a patient: id, name, village, state, last visit, telephone, with tabs between.
std::vector<std::string> patient_lines(Database& register_);

// Throws Error (health_failed) where the register isn't sound, or its rows don't read back.
void test_register(Database& register_);

} // namespace lockstep::clinic
