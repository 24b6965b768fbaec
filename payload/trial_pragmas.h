// What belongs to the application in a database's header: the same after a migration as before it.
#pragma once

#include "payload/sqlite.h"

#include <cstdint>
#include <functional>
#include <string>

namespace lockstep {

struct HeaderSettings {
    bool write_ahead_log = false; // the only journal mode that stays with the file
    std::int64_t page_size = 0;
    std::string encoding;
    std::int64_t auto_vacuum = 0;
    std::int64_t application_id = 0;
};

// `schema` is the connection's name for the database.
HeaderSettings read_header(Database& database, const std::string& schema);

// No journal, no syncs (`journal`: a rollback journal, no syncs), the lock kept. Throws Error where SQLite
// doesn't obey.
void prepare_for_trial(Database& database, const std::string& schema, bool journal);

// The lock is given up at the next access, the journal mode is as it was.
void put_back_journal_mode(Database& database, const std::string& schema, const HeaderSettings& before);

// Puts the application_id back, and throws Error (migration_failed) where something differs that can't be put
// back. What `was_set` says a script has set itself may differ.
void require_same_header(Database& database, const std::string& schema, const HeaderSettings& before,
                         const std::function<bool(const std::string& pragma)>& was_set);

} // namespace lockstep
