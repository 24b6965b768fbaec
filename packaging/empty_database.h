// A database of a given schema without a row, for trying scripts on.
#pragma once

#include "packaging/database_schema.h"

#include <string>

namespace lockstep {

// Every object of the schema, user_version and application_id. Shadow tables come with their virtual table.
// Throws Error (wrong_usage) naming what SQLite refuses: a module that the engine lacks.
void make_empty_database(const DatabaseSchema& schema, const std::string& file);

} // namespace lockstep
