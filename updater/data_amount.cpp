#include "updater/data_amount.h"

#include "payload/table_info.h"

namespace lockstep {

std::string table_prefix(const Manifest& manifest, const DatabaseEntry& entry) {
    return entry.name == manifest.databases.front().name ? "" : lower_case(entry.name) + ".";
}

void count_rows(Database& database, const std::string& prefix, std::map<std::string, std::int64_t>& rows) {
    for (const std::string& table : database.texts(
             "SELECT name FROM pragma_table_list WHERE schema='main' AND type='table' AND name NOT LIKE "
             "'sqlite\\_%' ESCAPE '\\'"))
        rows[prefix + lower_case(table)] =
            database.integer("SELECT count(*) FROM " + quoted_name(table)).value_or(0);
}

DataAmount data_amount(const FileSystem& files, const Layout& layout, const Manifest& manifest,
                       const Plan& plan) try {
    DataAmount amount;
    for (const DatabaseChange& change : plan.databases) {
        if (!change.before) continue;
        const std::string path = layout.absolute(change.entry.path);
        amount.bytes += files.status(path).value_or(FileStatus{}).size;
        Database database = open_live(files, path);
        count_rows(database, table_prefix(manifest, change.entry), amount.rows);
    }
    return amount;
} catch (const Error& error) {
    if (error.code() != Code::busy) throw;
    return {}; // it is only for the estimate: the lock, which comes next, says who has the database
}

} // namespace lockstep
