#include "packaging/table_import.h"

#include "packaging/broken_references.h"
#include "packaging/csv_folder.h"
#include "packaging/csv_value.h"
#include "payload/error.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <set>
#include <sqlite3.h>

namespace lockstep {
namespace {

std::string list_of(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted_name(name);
    return list;
}

// OR ABORT goes before what the table itself says of a conflict: REPLACE would delete the row that is there,
// IGNORE leave this one out, and REPLACE for a NULL put the default in its place. The values as they were
// kept come back from it.
std::string insert_of(const TableSchema& table, const std::vector<std::string>& columns, bool overwrite) {
    std::string sql =
        "INSERT OR ABORT INTO " + quoted_name(table.name) + "(" + list_of(columns) + ") VALUES(?";
    for (std::size_t i = 1; i < columns.size(); ++i) sql += ",?";
    sql += ")";
    const std::vector<std::string> key = table.key();
    if (overwrite && !key.empty()) {
        // Not OR REPLACE: that deletes the row, and what refers to it may go with it. The key is written too:
        // what its collation takes for the same may be other text.
        std::string changes;
        for (const std::string& column : columns)
            changes +=
                (changes.empty() ? "" : ", ") + quoted_name(column) + " = excluded." + quoted_name(column);
        sql += " ON CONFLICT(" + list_of(key) + ") DO UPDATE SET " + changes;
    }
    return sql + " RETURNING " + list_of(columns);
}

class Import {
  public:
    Import(Database& database, const std::vector<CsvFile>& files, bool overwrite)
        : database_(database), files_(files), overwrite_(overwrite),
          schema_(read_database_schema(database, "main")) {}

    Carried run() {
        for (const CsvFile& file : files_) insert_file(file);
        for (const CsvFile& file : files_)
            require_references(database_, *schema_.table(file.table), file.path);
        note_triggers();
        return std::move(carried_);
    }

  private:
    void insert_file(const CsvFile& file) {
        const TableSchema& table = table_of(file);
        CsvReader reader(file.path);
        const std::vector<CsvColumn> columns = named_columns(reader, table);
        require_distinguishable(table, file.path);
        std::vector<std::string> names;
        names.reserve(columns.size());
        for (const CsvColumn& column : columns) names.push_back(column.name());
        Statement insert = database_.prepare(insert_of(table, names, overwrite_));
        std::int64_t rows = 0;
        for (CsvRow row; reader.next(row); ++rows) insert_row(insert, columns, row, reader.place(row.line));
        carried_.tables.push_back({table.name, file.path, rows});
    }

    const TableSchema& table_of(const CsvFile& file) {
        const TableSchema* table = schema_.table(file.table);
        if (!table)
            throw Error(Code::wrong_usage, "import", file.path,
                        "there is no table '" + file.table + "' in " + database_.path());
        if (table->is_virtual())
            throw Error(Code::wrong_usage, "import", file.path, "'" + file.table + "' is a virtual table");
        if (!seen_.insert(ascii_lower(table->name)).second)
            throw Error(Code::wrong_usage, "import", file.path, "the table has another file before it");
        return *table;
    }

    // Rows without a key can't be told from those that are there: a second import would double them.
    void require_distinguishable(const TableSchema& table, const std::string& file) {
        if (!table.key().empty()) return;
        if (database_.integer("SELECT 1 FROM " + quoted_name(table.name) + " LIMIT 1"))
            throw Error(
                Code::wrong_usage, "import", file,
                "the table " + table.name +
                    " has no primary key and isn't empty, so nothing tells which rows are there already");
    }

    static void insert_row(Statement& insert, const std::vector<CsvColumn>& columns, const CsvRow& row,
                           const std::string& place) {
        if (row.fields.size() != columns.size())
            throw Error(Code::wrong_usage, "import", place,
                        "the row has " + std::to_string(row.fields.size()) +
                            " fields, and the first row names " + std::to_string(columns.size()) +
                            " columns");
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].bind(insert, static_cast<int>(i) + 1, row.fields[i], place);
        try {
            insert.step();
        } catch (const Error& error) {
            const bool there = error.cause().find("UNIQUE constraint failed") != std::string::npos;
            throw Error(error.code(), "import", place, error.cause())
                .advise(there ? "With --overwrite a row that has the same primary key is changed."
                              : error.advice());
        }
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i].require_arrived(insert, static_cast<int>(i), row.fields[i], place);
        insert.reset();
    }

    void note_triggers() {
        for (const auto& [name, trigger] : schema_.triggers)
            if (seen_.contains(ascii_lower(trigger.table)))
                carried_.notes.push_back("the trigger " + trigger.name + " of " + trigger.table +
                                         " did not run: the rows are as they were written");
    }

    Database& database_;
    const std::vector<CsvFile>& files_;
    bool overwrite_;
    DatabaseSchema schema_;
    std::set<std::string> seen_;
    Carried carried_;
};

} // namespace

Carried import_tables(const std::string& folder, const std::string& file, bool overwrite) {
    const std::vector<CsvFile> files = csv_files_in(folder);
    if (!system_files().status(file))
        throw Error(Code::wrong_usage, "open", file, "there is no such database");
    Database database(file, OpenMode::read_write, Code::wrong_usage);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    database.run("PRAGMA foreign_keys = ON");
    Transaction transaction(database);
    database.run("PRAGMA defer_foreign_keys = ON"); // until the end of this transaction
    Carried carried = Import(database, files, overwrite).run();
    transaction.commit();
    database.close();
    return carried;
}

} // namespace lockstep
