#include "packaging/table_export.h"

#include "packaging/compared_databases.h"
#include "packaging/csv_folder.h"
#include "packaging/csv_value.h"
#include "packaging/durable_output.h"
#include "packaging/table_order.h"
#include "payload/error.h"
#include "payload/sql_text.h"

namespace lockstep {
namespace {

std::vector<std::string> chosen(const DatabaseSchema& schema, const std::vector<std::string>& tables,
                                const std::string& file, std::vector<std::string>& notes) {
    std::vector<std::string> names;
    for (const std::string& name : tables) {
        const TableSchema* table = schema.table(name);
        if (!table) throw Error(Code::wrong_usage, "export from", file, "there is no table '" + name + "'");
        if (table->is_virtual())
            throw Error(Code::wrong_usage, "export", name,
                        "it is a virtual table, whose content is in other tables");
        names.push_back(ascii_lower(name));
    }
    if (!tables.empty()) return names;
    for (const auto& [name, table] : schema.tables) {
        if (table.is_virtual())
            notes.push_back("the virtual table " + table.name + " was left out");
        else
            names.push_back(name);
    }
    if (names.empty()) throw Error(Code::wrong_usage, "export from", file, "there is no table in it");
    return names;
}

// In the order in which the table itself lies, not one of its indexes: the same content gives the same bytes.
std::string select_of(const TableSchema& table, const std::vector<CsvColumn>& columns) {
    std::string sql = "SELECT ";
    for (const CsvColumn& column : columns)
        sql += (&column == &columns.front() ? "" : ", ") + quoted_name(column.name());
    return sql + " FROM " + quoted_name(table.name) + " NOT INDEXED";
}

std::int64_t write_rows(Database& database, const TableSchema& table, DurableOutput& output) {
    std::vector<CsvField> fields;
    const std::vector<CsvColumn> columns = csv_columns(table);
    fields.reserve(columns.size());
    for (const CsvColumn& column : columns) fields.emplace_back(column.name());
    output.write(csv_text(fields));
    Statement row = database.prepare(select_of(table, columns));
    std::int64_t rows = 0;
    for (; row.step(); ++rows) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            fields[i] = columns[i].field(row, static_cast<int>(i));
        output.write(csv_text(fields));
    }
    return rows;
}

} // namespace

Carried export_tables(const std::string& file, const std::vector<std::string>& tables,
                      const std::string& out) {
    Database database = open_to_read(file);
    database.run("BEGIN");
    const DatabaseSchema schema = read_database_schema(database, "main");
    Carried carried;
    const auto names = in_order(chosen(schema, tables, file, carried.notes), referred_tables(schema));
    DurableFolder folder(out);
    for (const std::string& name : names) {
        const TableSchema& table = *schema.table(name);
        const std::string file_name = csv_file_name(table.name, carried.tables.size() + 1, names.size());
        DurableOutput output = folder.file(file_name);
        carried.tables.push_back({table.name, file_name, write_rows(database, table, output)});
        output.commit();
    }
    folder.commit();
    return carried;
}

} // namespace lockstep
