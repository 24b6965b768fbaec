// Columns that moved to another table, virtual tables without values, and AUTOINCREMENT marks: what the loss
// ledger holds to account beside the rows of a table.
#include "payload/declaration_text.h"
#include "payload/loss_rows.h"

#include <algorithm>

namespace lockstep {

void TableComparison::compare_moved_columns() {
    for (const ColumnAccount& column : account_.columns) {
        if (!column.now.table || column.changed || account_.in_place(column)) continue;
        if (const auto matched = match_to_other_table(database_, ledger_, account_, *column.now.table))
            moved_by_match(column, *matched);
        else
            moved_by_digest(column);
    }
}

// Each old row with a value has a partner with that very value, unless the row itself was allowed to go.
void TableComparison::moved_by_match(const ColumnAccount& column, const RowMatch& matched) {
    std::string condition = "old." + quoted_name(column.name) + " IS NOT NULL AND " + matched.missing;
    if (account_.newer && ledger_.declared().max_shrink(older_))
        if (const auto kept = match()) condition += " AND " + kept->has_partner();
    const std::string from = matched.joined("NOT " + values_differ({column.name, column.now.column}));
    const std::int64_t lost =
        database_.integer("SELECT count(*) FROM " + from + " WHERE " + condition).value_or(0);
    if (lost == 0) return;
    const std::int64_t values = digests(database_, older_, {column.name})[0].values;
    column_changed(column.name, lost,
                   with_commas(lost) + " of " + with_commas(values) +
                       (lost == 1 ? " values isn't in " : " values aren't in ") +
                       ledger_.spelled(*column.now.table) + "." + column.now.column +
                       sample_keys(database_, matched, from, condition));
}

void TableComparison::moved_by_digest(const ColumnAccount& column) {
    const ColumnDigest before = digests(database_, older_, {column.name})[0];
    const ColumnDigest now = digests(database_, *column.now.table, {column.now.column})[0];
    if (before == now) return;
    column_changed(column.name, std::max<std::int64_t>(1, before.values - now.values),
                   counted(before.values, "value") + " before, " + with_commas(now.values) + " now in " +
                       ledger_.spelled(*column.now.table) + "." + column.now.column +
                       (before.values == now.values ? ", and not the same ones" : "") +
                       " (no key tells which)");
}

// The engine may lack the module: then nobody can say that the rows are kept, and the release must take it on
// itself.
void TableComparison::count_rows() {
    try {
        const std::int64_t rows = row_count(database_, older_);
        const std::int64_t missing = rows - row_count(database_, *account_.newer);
        if (missing > allowed(rows))
            rows_missing(missing, rows, "");
        else
            rows_let_go(missing);
    } catch (const Error& error) {
        if (error.code() != database_.failure()) throw;
        add("", "virtual table " + name_ + " can't be checked: " + error.cause(),
            listing("ignore_tables", name_), 0);
    }
}

namespace {

std::optional<std::int64_t> autoincrement_mark(Database& database, const TableInfo& table) {
    const std::string schema = quoted_name(table.schema);
    if (!database.integer("SELECT 1 FROM " + schema + ".sqlite_schema WHERE name = 'sqlite_sequence'"))
        return {};
    return database.integer("SELECT max(seq) FROM " + schema +
                            ".sqlite_sequence WHERE name = " + quoted_text(table.name) + " COLLATE NOCASE");
}

} // namespace

// A table whose ids are declared changed has other ids, to which the old mark means nothing.
void TableComparison::compare_autoincrement() {
    const auto before = autoincrement_mark(database_, older_);
    if (!before || *before == 0 || older_.keys.empty() || !account_.kept_name(older_.keys[0].columns[0]))
        return;
    const auto now = autoincrement_mark(database_, *account_.newer);
    if (now && *now >= *before) return;
    add("",
        "table " + name_ + ": its AUTOINCREMENT mark " +
            (now ? "fell from " + with_commas(*before) + " to " + with_commas(*now)
                 : "of " + with_commas(*before) + " is gone") +
            ", so that ids would be given out twice",
        "", 0);
}

} // namespace lockstep
