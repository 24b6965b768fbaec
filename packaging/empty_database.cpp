#include "packaging/empty_database.h"

#include "payload/migration.h"

namespace lockstep {

void make_empty_database(const DatabaseSchema& schema, const std::string& file) {
    Database database(file, OpenMode::create, Code::wrong_usage);
    register_functions(database); // an index may use them
    database.run("PRAGMA user_version = " + std::to_string(schema.user_version) +
                 "; PRAGMA application_id = " + std::to_string(schema.application_id) + "; BEGIN");
    for (const auto& [name, table] : schema.tables) database.run(table.sql);
    for (const auto* objects : {&schema.indexes, &schema.views, &schema.triggers})
        for (const auto& [name, object] : *objects) database.run(object.sql);
    database.run("COMMIT");
    database.close();
}

} // namespace lockstep
