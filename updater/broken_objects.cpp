// What SQLite would say of a schema only when the application reads or writes: a trigger or a view that
// speaks of a table that isn't there. https://sqlite.org/lang_altertable.html#alter_table_rename
#include "updater/trial.h"

#include <map>

namespace lockstep {
namespace {

using Broken = std::map<std::string, std::string>; // sentence by lower-case name

// Prepared, and not run: with that SQLite looks up all that the statement's triggers speak of.
void try_sql(Database& database, const std::string& sql, const std::string& name, const std::string& sentence,
             Broken& broken) {
    try {
        static_cast<void>(database.prepare(sql));
    } catch (const Error& error) {
        if (error.code() != database.failure()) throw;
        broken.emplace(name, sentence + ": " + error.cause());
    }
}

std::string same_values(Database& database, const std::string& schema, const std::string& table) {
    std::string assignments;
    for (const std::string& column :
         database.texts("SELECT name FROM pragma_table_xinfo(" + quoted_text(table) + ", " +
                        quoted_text(schema) + ") WHERE hidden = 0"))
        assignments += (assignments.empty() ? "" : ", ") + quoted_name(column) + "=" + quoted_name(column);
    return assignments;
}

Broken broken_in(Database& database, const std::string& schema) {
    Broken broken;
    Statement objects = database.prepare("SELECT type, name, lower(name) FROM " + quoted_name(schema) +
                                         ".sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
                                         "'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'");
    while (objects.step()) {
        const std::string name = objects.text(1);
        const std::string full = quoted_name(schema) + "." + quoted_name(name);
        if (objects.text(0) == "view") {
            try_sql(database, "SELECT * FROM " + full, objects.text(2),
                    "view " + name + " can't be read any more", broken);
            continue;
        }
        const std::string sentence = "table " + name + " can't be written to any more";
        for (const std::string& sql :
             {"INSERT INTO " + full + " DEFAULT VALUES",
              "UPDATE " + full + " SET " + same_values(database, schema, name), "DELETE FROM " + full})
            try_sql(database, sql, objects.text(2), sentence, broken);
    }
    return broken;
}

} // namespace

std::vector<std::string> broken_objects(Database& database, const std::string& schema,
                                        const std::string& before_schema) {
    const Broken after = broken_in(database, schema);
    if (after.empty()) return {};
    const Broken before = before_schema.empty() ? Broken() : broken_in(database, before_schema);
    std::vector<std::string> violations;
    for (const auto& [name, sentence] : after)
        if (!before.contains(name)) violations.push_back(sentence);
    return violations;
}

} // namespace lockstep
