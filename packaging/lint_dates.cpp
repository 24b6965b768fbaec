#include "packaging/lint_parts.h"
#include "packaging/row_risks.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <array>
#include <span>

namespace lockstep {
namespace {

// One of the words that a name is made of: date_of_birth, birthDate, dob.
bool has_date_word(std::string_view name) {
    constexpr std::array<std::string_view, 7> words{"date", "datetime",  "time",    "timestamp",
                                                    "dob",  "birthdate", "birthday"};
    std::string word;
    const auto is_date = [&] { return std::ranges::find(words, ascii_lower(word)) != words.end(); };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool capital = name[i] >= 'A' && name[i] <= 'Z';
        const bool new_word = capital && i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';
        if (new_word || name[i] == '_' || name[i] == ' ' || name[i] == '-') {
            if (is_date()) return true;
            word.clear();
        }
        if (name[i] != '_' && name[i] != ' ' && name[i] != '-') word += name[i];
    }
    return is_date();
}

struct DateColumn {
    const SchemaColumn* was = nullptr;
    const SchemaColumn* now = nullptr;
    std::int64_t dates = 0;
    std::int64_t others = 0; // text that is no date

    bool holds_dates() const {
        return is_date_type(was->type) || is_date_type(now->type) || dates > others ||
               (dates > 0 && has_date_word(now->name));
    }
};

constexpr std::size_t columns_at_once = 500; // two results for each; SQLite allows 2,000

// One pass over the old table.
void tally(const LintTables& tables, const LintTable& table, std::span<DateColumn> columns) {
    std::string sql;
    for (const DateColumn& column : columns) {
        const std::string value = "lockstep_date(" + quoted_name(column.was->name) + ")";
        sql += (sql.empty() ? "SELECT sum(" : ", sum(") + value + "), count(" + value + ")";
    }
    Statement row = tables.database().prepare(sql + " FROM " + table.before->sql());
    row.step();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i].dates = row.integer(static_cast<int>(2 * i));
        columns[i].others = row.integer(static_cast<int>(2 * i + 1)) - columns[i].dates;
    }
}

RowCondition condition_of(const LintTable& table, const DateColumn& column) {
    const auto no_date = [](const SchemaColumn& one) {
        return "lockstep_date(" + quoted_name(one.name) + ") = 0";
    };
    return {{.kind = RiskKind::not_a_date,
             .place = dotted(table.newer->name, column.now->name),
             .message = "is no date that SQLite reads",
             .advice =
                 "Write in the migration what it is: YYYY-MM-DD, with HH:MM:SS where there is a time, or "
                 "NULL."},
            no_date(*column.was),
            no_date(*column.now),
            quoted_name(column.was->name),
            quoted_name(column.now->name)};
}

std::vector<RowCondition> date_conditions(const LintTables& tables, const LintTable& table) {
    std::vector<DateColumn> columns;
    for (const SchemaColumn& now : table.newer->columns)
        if (const SchemaColumn* was = table.old_column(now.name); was && was->key_position == 0)
            columns.push_back({was, &now});
    for (std::size_t begin = 0; begin < columns.size(); begin += columns_at_once)
        tally(tables, table,
              std::span(columns).subspan(begin, std::min(columns_at_once, columns.size() - begin)));
    std::vector<RowCondition> conditions;
    const bool may_come = tables.migrated() && !tables.untouched(table);
    for (const DateColumn& column : columns)
        if (column.holds_dates() && (column.others > 0 || may_come))
            conditions.push_back(condition_of(table, column));
    return conditions;
}

} // namespace

void lint_dates(const LintTables& tables, bool show_values, std::vector<Risk>& risks) {
    for (const LintTable& table : tables.tables())
        if (table.before) count_row_risks(tables, table, date_conditions(tables, table), show_values, risks);
}

} // namespace lockstep
