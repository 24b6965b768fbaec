#include "packaging/lint_parts.h"
#include "packaging/sqlite_features.h"

#include <algorithm>

namespace lockstep {
namespace {

class AppSqliteLint {
  public:
    AppSqliteLint(const std::string& version, const std::string& database, std::vector<Risk>& risks)
        : version_(version), database_(database), risks_(risks) {}

    // What is as it was can be read already.
    void compare(const DatabaseSchema& older, const DatabaseSchema& newer) {
        for (const auto& [name, table] : newer.tables) {
            const TableSchema* was = older.table(name);
            if (!was || was->sql != table.sql) look_at(table);
        }
        compare_objects("index", older.indexes, newer.indexes);
        compare_objects("view", older.views, newer.views);
        compare_objects("trigger", older.triggers, newer.triggers);
    }

  private:
    void look_at(const TableSchema& table) {
        const std::string place = "table " + table.name;
        for (const std::string& sentence : features_above(table.sql, version_)) add(place, sentence);
        if (table.kind.strict) add(place, if_above(version_, "STRICT", "3.37"));
        if (table.kind.without_rowid) add(place, if_above(version_, "WITHOUT ROWID", "3.8.2"));
        const bool generated =
            std::ranges::any_of(table.columns, [](const SchemaColumn& one) { return one.hidden >= 2; });
        if (generated) add(place, if_above(version_, "a generated column", "3.31"));
    }

    void compare_objects(const std::string& kind, const std::map<std::string, SchemaObject>& older,
                         const std::map<std::string, SchemaObject>& newer) {
        for (const auto& [name, object] : newer) {
            const auto was = older.find(name);
            if (was != older.end() && was->second.sql == object.sql) continue;
            const std::string place = kind + " " + object.name;
            for (const std::string& sentence : features_above(object.sql, version_)) add(place, sentence);
            if (kind == "index") look_at_index(place, object.sql);
        }
    }

    void look_at_index(const std::string& place, const std::string& sql) {
        const IndexText text = read_index_text(sql);
        if (!text.where.empty()) add(place, if_above(version_, "a partial index", "3.8"));
        const bool expression = std::ranges::any_of(
            text.parts, [](const std::string& part) { return part.find('(') != std::string::npos; });
        if (expression) add(place, if_above(version_, "an index on an expression", "3.9"));
    }

    void add(const std::string& place, const std::string& sentence) {
        if (sentence.empty() || !told_.emplace(place, sentence).second) return;
        risks_.push_back({.kind = RiskKind::newer_sqlite,
                          .database = database_,
                          .place = place,
                          .message = sentence + "; the application has " + version_,
                          .advice = "An application with an older SQLite can't open such a database: it says "
                                    "\"malformed database schema\"."});
    }

    const std::string& version_;
    const std::string& database_;
    std::vector<Risk>& risks_;
    std::set<std::pair<std::string, std::string>> told_;
};

} // namespace

void lint_app_sqlite(const LintTables& tables, const std::vector<DatabaseFile>& files,
                     const std::string& version, std::vector<Risk>& risks) {
    for (const DatabaseFile& file : files)
        AppSqliteLint(version, file.name, risks).compare(tables.older(file.name), tables.newer(file.name));
}

} // namespace lockstep
