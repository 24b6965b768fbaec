#include "packaging/draft_parts.h"
#include "packaging/likeness.h"
#include "packaging/row_link.h"
#include "payload/declaration_text.h"

#include <algorithm>
#include <optional>

namespace lockstep {
namespace {

// RFC 4122's namespace for object identifiers.
constexpr std::string_view uuid_namespace = "6ba7b812-9dad-11d1-80b4-00c04fd430c8";
constexpr std::size_t uuid_length = 36;

// 'urn:uuid:0b2c…' -> "urn:uuid:"; nothing where the default holds no UUID at its end.
std::optional<std::string> uuid_prefix(const SchemaColumn& column) {
    if (!column.default_value) return std::nullopt;
    const std::vector<SqlToken> tokens = tokens_of(*column.default_value);
    if (tokens.size() != 1 || tokens[0].kind != SqlKind::string) return std::nullopt;
    const std::string text = unquoted(tokens[0]);
    if (text.size() < uuid_length) return std::nullopt;
    const std::string uuid = text.substr(text.size() - uuid_length);
    const bool shaped = uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-';
    return shaped ? std::optional(text.substr(0, text.size() - uuid_length)) : std::nullopt;
}

bool is_unique_alone(const TableSchema& table, const SchemaColumn& column) {
    return std::ranges::any_of(table.indexes, [&](const SchemaIndex& index) {
        return index.unique && index.parts.size() == 1 && index.parts[0].column &&
               ascii_lower(*index.parts[0].column) == ascii_lower(column.name);
    });
}

// The columns that come to one new table from one old one.
class MovedColumns {
  public:
    MovedColumns(const DraftInput& input, const std::set<std::string>& copies, TableSection& section,
                 const TableSchema& from, std::vector<const Inference*> moves)
        : input_(input), copies_(copies), section_(section), from_(from), newer_(*section.newer),
          moves_(std::move(moves)), rarity_(input.older, input.newer) {}

    void add(std::size_t number) {
        link_ = link_rows(input_.older, input_.newer, input_.pairing, input_.decisions, from_, newer_);
        if (!link_) {
            for (const Inference* move : moves_) ask_for_keys(*move);
            return;
        }
        for (const Inference* move : moves_)
            section_.notes.push_back(dotted(move->to) + " was " + dotted(move->from) + " (" +
                                     std::to_string(move->confidence) + "%: " + move->reason + ").");
        section_.reads.insert(ascii_lower(from_.name));
        if (section_.older) join_to_own_rows("moved" + std::to_string(number));
        if (link_->makes_rows) make_missing_rows();
    }

  private:
    void ask_for_keys(const Inference& move) {
        section_.open.push_back("column " + dotted(move.from) + " moves to " + dotted(move.to) +
                                ", and nothing says which rows belong together. Name their keys:\n" +
                                keys_to_name());
    }

    std::string keys_to_name() const {
        return "[keys]\n" + toml_key(newer_.name + ".…") + " = " + toml_text(from_.name + ".…");
    }

    // The new table's row is an old row of the same table, which the link's column must have been in.
    void join_to_own_rows(const std::string& alias) {
        std::string on;
        for (const auto& [now, before] : link_->columns) {
            const std::string* own =
                input_.pairing.old_column(ascii_lower(section_.older->name), ascii_lower(now));
            if (!own) {
                section_.open.push_back(dotted(newer_.name, now) +
                                        " is new, so that nothing says which rows of " + from_.name +
                                        " belong to those of " + newer_.name +
                                        ". Name columns that were there before:\n" + keys_to_name());
                return;
            }
            on += (on.empty() ? "" : " AND ") + alias + "." + quoted_name(before) + " = " +
                  old_value(section_.older->column(*own)->name);
        }
        if (!link_->makes_rows) guard_single_partner();
        RowSource& rows = section_.sources.front();
        rows.from += " LEFT JOIN " + old_table_sql(from_.name, copies_) + " AS " + alias + " ON " + on;
        for (const Inference* move : moves_)
            if (!decided_for(input_.decisions.expressions, newer_.name, move->to.column))
                rows.fills.emplace_back(move->to.column,
                                        value(*move, alias + "." + quoted_name(move->from.column)));
    }

    std::string value(const Inference& move, const std::string& sql) const {
        return decided_value(input_, sql, move.to);
    }

    // Two rows that want to put their value into one place.
    void guard_single_partner() {
        std::string keys;
        for (const auto& [now, before] : link_->columns)
            keys += (keys.empty() ? "" : ", ") + quoted_name(before);
        section_.guards.push_back(
            "SELECT require(NOT EXISTS (SELECT 1 FROM " + old_table_sql(from_.name, copies_) + " WHERE " +
            keys.substr(0, keys.find(", ")) + " IS NOT NULL GROUP BY " + keys + " HAVING count(*) > 1), " +
            quoted_text("several rows of " + from_.name + " belong to one row of " + newer_.name +
                        ", which has room for the values of one") +
            ");");
    }

    void make_missing_rows() {
        RowSource rows;
        rows.note = "Rows of " + from_.name + " that have something to keep and no " + newer_.name + " yet.";
        rows.from = old_table_sql(from_.name, copies_) + " AS old";
        std::string something;
        for (const Inference* move : moves_) {
            rows.fills.emplace_back(move->to.column, value(*move, old_value(move->from.column)));
            something += (something.empty() ? "" : " OR ") + old_value(move->from.column) + " IS NOT NULL";
        }
        rows.where = "(" + something + ")" + has_none_yet();
        for (const auto& [now, before] : link_->columns) rows.fills.emplace_back(now, old_value(before));
        reckon(rows);
        for (const SchemaColumn& column : newer_.columns)
            if (!is_filled(rows, column)) fill_rest(rows, column);
        section_.sources.push_back(std::move(rows));
    }

    // What is decided as SQL over the old table's columns: of this row they hold what becomes theirs, or
    // NULL.
    void reckon(RowSource& rows) const {
        std::vector<std::pair<std::string, std::string>> columns;
        for (const SchemaColumn& column : section_.older ? section_.older->columns : from_.columns)
            if (column.hidden != 1)
                columns.emplace_back(column.name,
                                     section_.older ? taken_up(rows, column) : old_value(column.name));
        for (const SchemaColumn& column : newer_.columns)
            if (const auto* expression = decided_for(input_.decisions.expressions, newer_.name, column.name);
                expression && !is_filled(rows, column))
                rows.fills.emplace_back(column.name, expression_over(*expression, columns));
    }

    std::string taken_up(const RowSource& rows, const SchemaColumn& column) const {
        const std::string* now =
            input_.pairing.new_column(ascii_lower(section_.older->name), ascii_lower(column.name));
        const auto fill = std::ranges::find_if(
            rows.fills, [&](const auto& one) { return now && ascii_lower(one.first) == *now; });
        return fill == rows.fills.end() ? "NULL" : fill->second;
    }

    std::string has_none_yet() const {
        if (!section_.older) return "";
        std::string before;
        std::string own;
        for (const auto& [now, old_column] : link_->columns) {
            const std::string* own_column =
                input_.pairing.old_column(ascii_lower(section_.older->name), ascii_lower(now));
            if (!own_column) return "";
            before += (before.empty() ? "" : ", ") + old_value(old_column);
            own += (own.empty() ? "" : ", ") + quoted_name(section_.older->column(*own_column)->name);
        }
        const std::string first = own.substr(0, own.find(", "));
        const bool several = link_->columns.size() > 1;
        return " AND " + (several ? "(" + before + ")" : before) + " NOT IN (SELECT " + own + " FROM " +
               old_table_sql(section_.older->name, copies_) + " WHERE " + first + " IS NOT NULL)";
    }

    bool is_filled(const RowSource& rows, const SchemaColumn& column) const {
        return column.hidden != 0 || ascii_lower(newer_.rowid_column()) == ascii_lower(column.name) ||
               std::ranges::any_of(rows.fills, [&](const auto& fill) { return fill.first == column.name; });
    }

    // What every table keeps of its rows (who made it, when, …) is the row's that it comes from.
    void fill_rest(RowSource& rows, const SchemaColumn& column) {
        const SchemaColumn* same = from_.column(column.name);
        if (const auto* value = decided_for(input_.decisions.defaults, newer_.name, column.name)) {
            rows.fills.emplace_back(column.name, *value);
        } else if (const auto prefix = uuid_prefix(column); prefix && is_unique_alone(newer_, column)) {
            const std::string name = same ? same->name : from_.key().empty() ? "rowid" : from_.key()[0];
            rows.fills.emplace_back(column.name,
                                    quoted_text(*prefix) + " || uuid5(" + quoted_text(uuid_namespace) + ", " +
                                        quoted_text(newer_.name + "/") + " || " + old_value(name) + ")");
        } else if (same && same->hidden == 0 && rarity_.weight(ascii_lower(column.name)) <= 0 &&
                   same->key_position == 0 && !is_unique_alone(newer_, column)) {
            rows.fills.emplace_back(column.name, old_value(same->name));
        } else if (column.not_null && (!column.default_value || is_unique_alone(newer_, column))) {
            section_.open.push_back("column " + dotted(newer_.name, column.name) +
                                    " must be filled for each row that " + from_.name + " gives to " +
                                    newer_.name + ". Say what it is:\n[defaults]\n" +
                                    toml_key(dotted(newer_.name, column.name)) + " = \"…\"");
        }
    }

    const DraftInput& input_;
    const std::set<std::string>& copies_;
    TableSection& section_;
    const TableSchema& from_;
    const TableSchema& newer_;
    std::vector<const Inference*> moves_;
    ColumnRarity rarity_;
    std::optional<RowLink> link_;
};

} // namespace

void add_moved_columns(const DraftInput& input, const std::set<std::string>& copies, TableSection& section) {
    std::map<std::string, std::vector<const Inference*>> by_table;
    for (const Inference& one : input.pairing.inferences)
        if (is_move(one) && one.applied() && one.to.table == section.newer->name)
            by_table[one.from.table].push_back(&one);
    std::size_t number = 0;
    for (auto& [table, moves] : by_table)
        MovedColumns(input, copies, section, *input.older.table(table), std::move(moves)).add(++number);
}

namespace {

void add_merged_value(const DraftInput& input, const TableSchema& from, const std::string& to,
                      const SchemaColumn& column, RowSource& rows) {
    const SchemaColumn* same = from.column(column.name);
    if (const auto* sql = decided_for(input.decisions.expressions, to, column.name))
        rows.fills.emplace_back(column.name, "(" + *sql + ")");
    else if (same)
        rows.fills.emplace_back(column.name, decided_value(input, old_value(same->name), {to, column.name}));
    else if (const auto* value = decided_for(input.decisions.defaults, to, column.name))
        rows.fills.emplace_back(column.name, *value);
}

} // namespace

void add_merged_rows(const DraftInput& input, const std::set<std::string>& copies, TableSection& section) {
    for (const Inference& one : input.pairing.inferences) {
        if (one.kind != InferenceKind::merged_table || !one.applied() || one.to.table != section.newer->name)
            continue;
        const TableSchema& from = *input.older.table(one.from.table);
        RowSource rows;
        rows.note = "The rows of " + from.name + ", with their keys; where one is taken already, this stops.";
        rows.from = old_table_sql(from.name, copies) + " AS old";
        for (const SchemaColumn& column : section.newer->columns)
            if (column.hidden == 0) add_merged_value(input, from, section.newer->name, column, rows);
        section.reads.insert(ascii_lower(from.name));
        section.merged.insert(ascii_lower(from.name));
        section.sources.push_back(std::move(rows));
    }
}

} // namespace lockstep
