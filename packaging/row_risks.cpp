#include "packaging/row_risks.h"

#include "payload/row_comparison.h"

#include <algorithm>
#include <functional>

namespace lockstep {
namespace {

constexpr std::size_t conditions_at_once = 200; // SQLite allows 2,000 columns: https://sqlite.org/limits.html

using ConditionOf = std::function<const std::string&(const RowCondition&)>;

// How many rows meet each condition; of an empty one none.
std::vector<std::int64_t> counts(Database& database, const TableInfo& table,
                                 const std::vector<RowCondition>& conditions, const ConditionOf& sql_of) {
    std::vector<std::int64_t> all;
    for (std::size_t begin = 0; begin < conditions.size(); begin += conditions_at_once) {
        const std::size_t end = std::min(conditions.size(), begin + conditions_at_once);
        std::string sql;
        for (std::size_t i = begin; i < end; ++i) {
            const std::string& condition = sql_of(conditions[i]);
            sql += (sql.empty() ? "SELECT " : ", ") + std::string("count(*) FILTER (WHERE ") +
                   (condition.empty() ? "0" : condition) + ")";
        }
        Statement row = database.prepare(sql + " FROM " + table.sql());
        row.step();
        for (int i = 0; i < row.columns(); ++i) all.push_back(row.integer(i));
    }
    return all;
}

void take_samples(Database& database, const TableInfo& table, const TableSchema& schema,
                  const std::string& condition, const std::string& value, bool show_values, Risk& risk) {
    const std::vector<std::string> key = key_columns(schema);
    risk.keys = first_rows(database, key, table.sql(), condition, key);
    if (show_values) risk.values = first_rows(database, {value}, table.sql(), condition, key);
}

// Nothing wrote to it: then it needs no second pass.
bool stays_as_it_was(const LintTables& tables, const LintTable& table,
                     const std::vector<RowCondition>& conditions) {
    return tables.untouched(table) && std::ranges::all_of(conditions, [](const RowCondition& one) {
               return one.of_row_alone && !one.before.empty() && !one.after.empty();
           });
}

} // namespace

void count_row_risks(const LintTables& tables, const LintTable& table,
                     const std::vector<RowCondition>& conditions, bool show_values,
                     std::vector<Risk>& risks) {
    if (conditions.empty()) return;
    Database& database = tables.database();
    std::vector<std::int64_t> before(conditions.size());
    std::vector<std::int64_t> after(conditions.size());
    const ConditionOf old_sql = [](const RowCondition& one) -> const std::string& { return one.before; };
    const ConditionOf new_sql = [](const RowCondition& one) -> const std::string& { return one.after; };
    if (table.before) before = counts(database, *table.before, conditions, old_sql);
    if (tables.migrated() && stays_as_it_was(tables, table, conditions))
        after = before;
    else if (tables.migrated())
        after = counts(database, *table.after, conditions, new_sql);
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        if (before[i] == 0 && after[i] == 0) continue;
        const RowCondition& one = conditions[i];
        Risk risk = one.risk;
        risk.database = table.after->database;
        if (!one.before.empty()) risk.before = before[i];
        if (tables.migrated()) risk.after = after[i];
        if (after[i] > 0)
            take_samples(database, *table.after, *table.newer, one.after, one.value_after, show_values, risk);
        else
            take_samples(database, *table.before, *table.older, one.before, one.value_before, show_values,
                         risk);
        risks.push_back(std::move(risk));
    }
}

} // namespace lockstep
