#include "packaging/decisions.h"

#include "packaging/toml_reader.h"
#include "updater/file_system.h"

#include <optional>

namespace lockstep {
namespace {

constexpr std::uint64_t decisions_limit = 16u << 20; // bytes

Error unknown_place(const Decisions& decisions, const std::string& key, const std::string& name,
                    const std::string& which) {
    return {Code::wrong_usage, "follow the decisions in", decisions.file,
            key + " names " + name + ", which is not in the " + which + " database"};
}

class PlaceCheck {
  public:
    PlaceCheck(const Decisions& decisions, const DatabaseSchema& older, const DatabaseSchema& newer)
        : decisions_(decisions), older_(older), newer_(newer) {}

    void old_table(const std::string& key, const std::string& name) const {
        if (!older_.table(name)) throw unknown_place(decisions_, key, name, "old");
    }
    void new_table(const std::string& key, const std::string& name) const {
        if (!newer_.table(name)) throw unknown_place(decisions_, key, name, "new");
    }
    void old_column(const std::string& key, const std::string& name) const {
        if (find_place(older_, name).column.empty()) throw unknown_place(decisions_, key, name, "old");
    }
    void new_column(const std::string& key, const std::string& name) const {
        if (find_place(newer_, name).column.empty()) throw unknown_place(decisions_, key, name, "new");
    }

  private:
    const Decisions& decisions_;
    const DatabaseSchema& older_;
    const DatabaseSchema& newer_;
};

} // namespace

Decisions parse_decisions(std::string_view text, const std::string& file) {
    const toml::table parsed = parse_toml(text, file);
    TomlReader reader(parsed, file);
    Decisions decisions;
    decisions.file = file;
    decisions.renamed_tables = reader.text_map("renamed_tables");
    decisions.merged_tables = reader.text_map("merged_tables");
    decisions.renamed_columns = reader.text_map("renamed_columns");
    decisions.moved_columns = reader.text_map("moved_columns");
    decisions.lookups = reader.text_map("lookups");
    decisions.labels = reader.text_map("labels");
    decisions.keys = reader.text_map("keys");
    decisions.dropped_tables = reader.texts("dropped_tables");
    decisions.dropped_columns = reader.texts("dropped_columns");
    decisions.defaults = reader.sql_map("defaults");
    decisions.expressions = reader.text_map("expressions");
    if (std::optional<TomlReader> values = reader.table("values"))
        for (const std::string& column : values->keys()) decisions.values[column] = values->sql_map(column);
    reader.refuse_unknown_keys();
    return decisions;
}

Decisions read_decisions(const std::string& file) {
    return parse_decisions(read_text(system_files(), file, decisions_limit), file);
}

void require_known_places(const Decisions& decisions, const DatabaseSchema& older,
                          const DatabaseSchema& newer) {
    const PlaceCheck check(decisions, older, newer);
    for (const auto& [from, to] : decisions.renamed_tables)
        check.old_table("renamed_tables", from), check.new_table("renamed_tables", to);
    for (const auto& [from, to] : decisions.merged_tables)
        check.old_table("merged_tables", from), check.new_table("merged_tables", to);
    for (const auto& [from, to] : decisions.renamed_columns)
        check.old_column("renamed_columns", from), check.new_column("renamed_columns", to);
    for (const auto& [from, to] : decisions.moved_columns)
        check.old_column("moved_columns", from), check.new_column("moved_columns", to);
    for (const auto& [from, to] : decisions.lookups)
        check.old_column("lookups", from), check.new_column("lookups", to);
    for (const auto& [table, label] : decisions.labels) check.old_column("labels", dotted(table, label));
    for (const auto& [one, other] : decisions.keys) {
        check.new_column("keys", one);
        check.old_column("keys", other);
    }
    for (const std::string& table : decisions.dropped_tables) check.old_table("dropped_tables", table);
    for (const std::string& column : decisions.dropped_columns) check.old_column("dropped_columns", column);
    for (const auto& [column, value] : decisions.defaults) check.new_column("defaults", column);
    for (const auto& [column, map] : decisions.values) check.new_column("values", column);
    for (const auto& [column, sql] : decisions.expressions) check.new_column("expressions", column);
}

SchemaPlace find_place(const DatabaseSchema& schema, std::string_view spelled) {
    for (std::size_t dot = spelled.find('.'); dot != std::string_view::npos;
         dot = spelled.find('.', dot + 1)) {
        const TableSchema* table = schema.table(spelled.substr(0, dot));
        const SchemaColumn* column = table ? table->column(spelled.substr(dot + 1)) : nullptr;
        if (column) return {table->name, column->name};
    }
    return {};
}

} // namespace lockstep
