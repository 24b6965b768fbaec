#include "packaging/draft_parts.h"
#include "packaging/draft_values.h"
#include "packaging/likeness.h"
#include "packaging/virtual_tables.h"
#include "payload/declaration_text.h"

#include <algorithm>
#include <optional>
#include <sqlite3.h>

namespace lockstep {
namespace {

// As people write it, where SQL takes it so.
std::string name_in_sql(const std::string& name) {
    const std::vector<SqlToken> tokens = tokens_of(name);
    const bool plain = tokens.size() == 1 && tokens[0].kind == SqlKind::word && tokens[0].text == name &&
                       sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) == 0;
    return plain ? name : quoted_name(name);
}

class OwnRows {
  public:
    OwnRows(const DraftInput& input, const std::set<std::string>& copies, TableSection& section)
        : input_(input), copies_(copies), section_(section), older_(*section.older), newer_(*section.newer),
          old_name_(ascii_lower(older_.name)) {}

    RowSource source() {
        RowSource rows;
        rows.from = old_table_sql(older_.name, copies_) + " AS old";
        if (const auto content = content_table(older_)) section_.reads.insert(ascii_lower(*content));
        keep_rowids(rows);
        for (const SchemaColumn& column : newer_.columns)
            if (column.hidden == 0)
                if (const auto value = value_of(column)) rows.fills.emplace_back(column.name, *value);
        for (const SchemaColumn& column : newer_.columns)
            if (column.hidden != 0) ask_for_reckoned(rows, column);
        return rows;
    }

  private:
    // An external-content full-text index, or an application, may speak of rows by them.
    void keep_rowids(RowSource& rows) const {
        if (is_rtree(newer_)) return; // its first column is the rowid
        const std::string key = newer_.rowid_column();
        if (is_full_text(older_) && !key.empty() && !input_.pairing.old_column(old_name_, ascii_lower(key)))
            rows.fills.emplace_back(key, "old.rowid");
        if (older_.kind.without_rowid || newer_.kind.without_rowid || !older_.rowid_column().empty() ||
            !newer_.rowid_column().empty())
            return;
        for (const std::string_view name : {"rowid", "_rowid_", "oid"})
            if (!older_.column(name) && !newer_.column(name)) {
                rows.fills.emplace_back(name, "old." + std::string(name));
                return;
            }
        section_.notes.push_back("Its rows get other rowids: every name of the rowid is a column's.");
    }

    std::optional<std::string> value_of(const SchemaColumn& column) {
        const auto* expression = decided_for(input_.decisions.expressions, newer_.name, column.name);
        const Inference* lookup =
            inference_to(input_.pairing, InferenceKind::lookup_to_text, newer_.name, column.name);
        if (expression) {
            if (lookup) read_lookup(*lookup);
            return own_expression(*expression);
        }
        const std::string* before = input_.pairing.old_column(old_name_, ascii_lower(column.name));
        if (before) return kept(*older_.column(*before), column);
        if (lookup) return looked_up(*lookup);
        if (moves_here(column)) return std::nullopt; // filled by the table that it comes from
        if (const auto* value = decided_for(input_.decisions.defaults, newer_.name, column.name))
            return *value;
        if (column.not_null && !column.default_value &&
            ascii_lower(newer_.rowid_column()) != ascii_lower(column.name))
            section_.open.push_back("column " + dotted(newer_.name, column.name) +
                                    " is new, must not be NULL and has no default. Say what it is:\n"
                                    "[defaults]\n" +
                                    mapping_line(column) + "\n[expressions]\n" +
                                    toml_key(dotted(newer_.name, column.name)) + " = \"…\"");
        return std::nullopt;
    }

    // Beside a joined table a name that both have would mean neither.
    std::string own_expression(const std::string& expression) const {
        const bool joined = std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            return is_move(one) && one.applied() && one.to.table == newer_.name;
        });
        if (!joined) return "(" + expression + ")";
        std::vector<std::pair<std::string, std::string>> columns;
        for (const SchemaColumn& column : older_.columns)
            if (column.hidden != 1) columns.emplace_back(column.name, old_value(column.name));
        return expression_over(expression, columns);
    }

    bool moves_here(const SchemaColumn& column) const {
        return std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            return is_move(one) && one.applied() && one.to == SchemaPlace{newer_.name, column.name};
        });
    }

    std::string mapping_line(const SchemaColumn& column) const {
        const std::string type = affinity(column.type);
        return toml_key(dotted(newer_.name, column.name)) + " = " + (type == "text" ? "\"…\"" : "0");
    }

    std::string kept(const SchemaColumn& before, const SchemaColumn& column) {
        std::string value = old_value(before.name);
        if (const auto* map = decided_for(input_.decisions.values, newer_.name, column.name))
            value = mapped_value(value, *map, dotted(newer_.name, column.name));
        else
            ask_for_misfits(before, column), ask_for_conversions(before, column);
        if (const auto* fallback = decided_for(input_.decisions.defaults, newer_.name, column.name))
            return "coalesce(" + value + ", " + *fallback + ")";
        if (column.not_null && !before.not_null) ask_for_nulls(before, column);
        return value;
    }

    std::string rows_sql() const { return quoted_name(input_.older.schema) + "." + quoted_name(older_.name); }

    void ask_for_nulls(const SchemaColumn& before, const SchemaColumn& column) {
        const std::int64_t nulls = input_.database
                                       .integer("SELECT count(*) FROM " + rows_sql() + " WHERE " +
                                                quoted_name(before.name) + " IS NULL")
                                       .value_or(0);
        if (nulls > 0 && before.key_position == 0)
            section_.open.push_back(
                "column " + dotted(newer_.name, column.name) + " must not be NULL, and " +
                counted(nulls, "row") + " of " + older_.name + (nulls == 1 ? " has" : " have") +
                " NULL there. Say what it is instead:\n[defaults]\n" + mapping_line(column));
    }

    // Values that SQLite keeps as they are because the new type can't hold them. A column of that type
    // decides.
    void ask_for_misfits(const SchemaColumn& before, const SchemaColumn& column) {
        const std::string type = affinity(column.type);
        if (type == affinity(before.type) || type == "text" || type == "blob" || input_.way_back) return;
        input_.database.run("CREATE TEMP TABLE lockstep_fits (value " + type + ")");
        input_.database.run("INSERT INTO lockstep_fits SELECT " + quoted_name(before.name) + " FROM " +
                            rows_sql());
        const std::int64_t misfits =
            input_.database
                .integer("SELECT count(*) FROM lockstep_fits WHERE typeof(value) IN ('text', 'blob')")
                .value_or(0);
        input_.database.run("DROP TABLE lockstep_fits");
        const std::string key = toml_key(dotted(newer_.name, column.name));
        if (misfits > 0)
            section_.open.push_back(
                "column " + dotted(newer_.name, column.name) + " is " + column.type + " now, and " +
                counted(misfits, "value") + (misfits == 1 ? " is" : " are") +
                " no number. Say what becomes of each value, or how to reckon it:\n[values." + key +
                "]\n\"…\" = 0\n[expressions]\n" + key + " = " +
                toml_text("CAST(substr(" + name_in_sql(before.name) + ", 1, 4) AS INTEGER)"));
    }

    // '01234' is 1234 as a number, and no way back makes '01234' of that.
    void ask_for_conversions(const SchemaColumn& before, const SchemaColumn& column) {
        if (affinity(before.type) == affinity(column.type) || input_.way_back) return;
        const std::string was = old_value(before.name);
        const RowsAtRisk rows =
            rows_converted(input_, older_, {rows_sql() + " AS old", was, was, before, column});
        if (rows.count > 0)
            section_.open.push_back(
                "column " + dotted(newer_.name, column.name) + " is " +
                (column.type.empty() ? "of no type" : column.type) + " now, and " +
                counted(rows.count, "value") + (rows.count == 1 ? " does" : " do") +
                " not come back from it as " + (rows.count == 1 ? "it was" : "they were") + " (" +
                rows.keys() + "). Say what becomes of each value, or how to reckon it:\n[values.\"" +
                dotted(newer_.name, column.name) + "\"]\n\"…\" = \"…\"\n[expressions]\n\"" +
                dotted(newer_.name, column.name) + "\" = \"" + before.name + "\"");
    }

    // A column that held values, which the new database reckons for itself.
    void ask_for_reckoned(const RowSource& rows, const SchemaColumn& column) {
        const std::string* name = input_.pairing.old_column(old_name_, ascii_lower(column.name));
        if (!name || older_.column(*name)->hidden != 0 || input_.way_back) return;
        const SchemaColumn& before = *older_.column(*name);
        const std::string answers = ". Mend these rows, or let the values go:\n" +
                                    listing("dropped_columns", dotted(older_.name, before.name));
        const std::string what = "column " + dotted(newer_.name, column.name) + " is reckoned now, and ";
        try {
            const RowsAtRisk other = rows_converted(
                input_, older_,
                {rows_sql() + " AS old", old_value(before.name), reckoned(rows, column), before, column});
            if (other.count > 0)
                section_.open.push_back(what + counted(other.count, "row") +
                                        (other.count == 1 ? " has" : " have") + " another value there (" +
                                        other.keys() + ")" + answers);
        } catch (const Error& error) {
            if (error.code() != input_.database.failure()) throw;
            section_.open.push_back(what + "nothing tells whether it is what " +
                                    dotted(older_.name, before.name) + " holds: " + error.cause() + answers);
        }
    }

    // What the new row would reckon of the values that it is filled with.
    std::string reckoned(const RowSource& rows, const SchemaColumn& column) const {
        std::string values;
        for (const SchemaColumn& one : newer_.columns) {
            if (one.hidden != 0) continue;
            const auto fill = std::ranges::find_if(
                rows.fills, [&](const auto& filled) { return filled.first == one.name; });
            values += (values.empty() ? "" : ", ") +
                      (fill != rows.fills.end() ? fill->second : one.default_value.value_or("NULL")) +
                      " AS " + quoted_name(one.name);
        }
        return "(SELECT " + newer_.text.generated.at(ascii_lower(column.name)) + " FROM (SELECT " + values +
               "))";
    }

    // What is reckoned from its rows must be so before they go.
    const SchemaForeignKey& read_lookup(const Inference& lookup) {
        const SchemaForeignKey& key = *older_.reference(lookup.from.column);
        section_.reads.insert(ascii_lower(key.parent));
        return key;
    }

    std::string looked_up(const Inference& lookup) {
        const SchemaForeignKey& key = read_lookup(lookup);
        section_.notes.push_back(dotted(lookup.to) + " is the " + lookup.label + " of the " + key.parent +
                                 " that " + lookup.from.column + " referred to (" +
                                 std::to_string(lookup.confidence) + "%: " + lookup.reason + ").");
        std::string name = name_looked_up(lookup, key, old_table_sql(key.parent, copies_));
        if (const auto* value = decided_for(input_.decisions.defaults, newer_.name, lookup.to.column))
            return "coalesce(" + name + ", " + *value + ")";
        guard_references(lookup, key, name);
        return name;
    }

    static std::string name_looked_up(const Inference& lookup, const SchemaForeignKey& key,
                                      const std::string& table) {
        return "(SELECT lookup." + quoted_name(lookup.label) + " FROM " + table + " AS lookup WHERE lookup." +
               quoted_name(key.to.at(0)) + " = " + old_value(lookup.from.column) + ")";
    }

    // A reference that leads nowhere, or to a row without a name, leaves nothing of itself in the text.
    void guard_references(const Inference& lookup, const SchemaForeignKey& key, const std::string& name) {
        const std::string set = old_value(lookup.from.column) + " IS NOT NULL AND ";
        const std::string there = quoted_name(input_.older.schema) + "." + quoted_name(key.parent);
        const RowsAtRisk rows =
            rows_where(input_, older_, set + name_looked_up(lookup, key, there) + " IS NULL");
        const std::string what =
            dotted(lookup.from) + " refers to no " + key.parent + " that has a " + lookup.label;
        if (rows.count > 0)
            section_.open.push_back(
                what + " in " + counted(rows.count, "row") + " (" + rows.keys() + "), and only the " +
                lookup.label + " is kept. Mend these rows, or say what is kept of them:\n[defaults]\n\"" +
                dotted(lookup.to) + "\" = \"…\"\n[expressions]\n\"" + dotted(lookup.to) + "\" = \"…\"");
        section_.guards.push_back(
            "SELECT require(NOT EXISTS (SELECT 1 FROM " + old_table_sql(older_.name, copies_) +
            " AS old WHERE " + set + name + " IS NULL), " +
            quoted_text(what + " here, and this release keeps only the " + lookup.label) + ");");
    }

    const DraftInput& input_;
    const std::set<std::string>& copies_;
    TableSection& section_;
    const TableSchema& older_;
    const TableSchema& newer_;
    std::string old_name_;
};

} // namespace

std::string old_value(const std::string& column) {
    return "old." + quoted_name(column);
}

std::string expression_over(const std::string& expression,
                            const std::vector<std::pair<std::string, std::string>>& columns) {
    std::string all;
    for (const auto& [name, value] : columns)
        all += (all.empty() ? "" : ", ") + value + " AS " + quoted_name(name);
    return "(SELECT " + expression + " FROM (SELECT " + all + "))";
}

std::string decided_value(const DraftInput& input, const std::string& value, const SchemaPlace& column) {
    std::string sql = value;
    if (const auto* map = decided_for(input.decisions.values, column.table, column.column))
        sql = mapped_value(sql, *map, dotted(column));
    if (const auto* fallback = decided_for(input.decisions.defaults, column.table, column.column))
        sql = "coalesce(" + sql + ", " + *fallback + ")";
    return sql;
}

std::string mapped_value(const std::string& value, const std::map<std::string, std::string>& map,
                         const std::string& column) {
    std::string sql = "CASE WHEN " + value + " IS NULL THEN NULL";
    for (const auto& [before, after] : map)
        sql += " WHEN CAST(" + value + " AS TEXT) = " + quoted_text(before) + " THEN " + after;
    return sql + " ELSE require(0, " + quoted_text(column + ": nothing is decided for the value ") +
           " || quote(" + value + ")) END";
}

const Inference* inference_to(const Pairing& pairing, InferenceKind kind, const std::string& table,
                              const std::string& column) {
    for (const Inference& one : pairing.inferences)
        if (one.kind == kind && one.applied() && ascii_lower(one.to.table) == ascii_lower(table) &&
            ascii_lower(one.to.column) == ascii_lower(column))
            return &one;
    return nullptr;
}

bool is_move(const Inference& inference) {
    return inference.kind == InferenceKind::moved_column || inference.kind == InferenceKind::table_split ||
           inference.kind == InferenceKind::merged_column;
}

RowSource own_rows(const DraftInput& input, const std::set<std::string>& copies, TableSection& section) {
    return OwnRows(input, copies, section).source();
}

} // namespace lockstep
