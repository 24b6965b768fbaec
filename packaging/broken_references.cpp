#include "packaging/broken_references.h"

#include "packaging/csv_value.h"
#include "payload/error.h"
#include "payload/sql_text.h"

#include <algorithm>

namespace lockstep {
namespace {

// One foreign key, asked of the rows of a file.
class Reference {
  public:
    Reference(Database& database, const SchemaForeignKey& key, const std::vector<CsvColumn>& columns)
        : key_(key), columns_(columns), parent_(database.prepare(sql_of(key))) {
        for (const std::string& name : key.from)
            for (std::size_t i = 0; i < columns.size(); ++i)
                if (ascii_lower(columns[i].name()) == ascii_lower(name)) fields_.push_back(i);
    }

    void require(const CsvRow& row, const std::string& place) {
        if (fields_.size() < key_.from.size()) return; // a default stands there
        std::string shown;
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            const CsvField& field = row.fields[fields_[i]];
            if (!field) return;
            columns_[fields_[i]].bind(parent_, static_cast<int>(i) + 1, field, place);
            shown += (i > 0 ? ", " : "") + cut_text(*field, 60);
        }
        const bool there = parent_.step();
        parent_.reset();
        if (there) return;
        std::string names;
        for (const std::string& name : key_.from) names += (names.empty() ? "" : ", ") + name;
        throw Error(Code::wrong_usage, "import", place + ", column " + names,
                    "there is no row '" + shown + "' in " + key_.parent + ", which it refers to");
    }

  private:
    static std::string sql_of(const SchemaForeignKey& key) {
        std::string sql = "SELECT 1 FROM " + quoted_name(key.parent) + " WHERE ";
        for (std::size_t i = 0; i < key.to.size(); ++i)
            sql += (i > 0 ? " AND " : "") + quoted_name(key.to[i]) + " = ?";
        return sql;
    }

    const SchemaForeignKey& key_;
    const std::vector<CsvColumn>& columns_;
    Statement parent_;
    std::vector<std::size_t> fields_; // of a row, in the order of the key's columns
};

} // namespace

void require_references(Database& database, const TableSchema& table, const std::string& csv_file) {
    // SQLite finds out quickly; the file is read again only where it found something.
    if (!database.prepare("PRAGMA foreign_key_check(" + quoted_name(table.name) + ")").step()) return;
    CsvReader reader(csv_file);
    const std::vector<CsvColumn> columns = named_columns(reader, table);
    std::vector<Reference> references;
    references.reserve(table.foreign_keys.size());
    for (const SchemaForeignKey& key : table.foreign_keys) references.emplace_back(database, key, columns);
    for (CsvRow row; reader.next(row);)
        for (Reference& reference : references) reference.require(row, reader.place(row.line));
}

} // namespace lockstep
