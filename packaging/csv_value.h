// A column's values as CSV fields, and back: NULL, storage class and every bit come back as they were.
//
// A field becomes what the column makes of it (https://sqlite.org/datatype3.html#type_affinity): "12" is an
// integer in an INTEGER column, and text in a TEXT column. Where that isn't the value that was meant, the
// field says so:
//
//   blob:00FF          these bytes
//   text:…             this text: one that begins with such a word itself
//   text-bytes:00FF    text of these bytes, which are no UTF-8 or hold a zero byte
//   integer:12         a number, in a column that would make text of it
//   real:1.5           the same
//
// Numbers have as many digits as bring back the same bits.
#pragma once

#include "packaging/csv.h"
#include "packaging/database_schema.h"

#include <memory>
#include <string>

namespace lockstep {

class CsvColumn {
  public:
    CsvColumn(const TableSchema& table, const SchemaColumn& column);
    ~CsvColumn();
    CsvColumn(CsvColumn&&) noexcept;

    const std::string& name() const { return name_; }

    // Throws Error (wrong_usage) for a value that could not come back: one of a storage class that the column
    // would change, which only a schema edited by hand leaves behind.
    CsvField field(const Statement& row, int column) const;

    // Throws Error (wrong_usage) where the field's own word doesn't hold.
    void bind(Statement& statement, int index, const CsvField& field, const std::string& place) const;

    // Throws Error (wrong_usage) where what the row keeps isn't what the field says: the column made another
    // value of it. 2 and 2.0 are one number.
    void require_arrived(const Statement& row, int column, const CsvField& field,
                         const std::string& place) const;

  private:
    class Probe;
    std::string name_;
    std::string place_; // table.column
    std::unique_ptr<Probe> probe_;
};

// Of a table, without the generated ones; and those that a file's first row names, in its order. Throws Error
// (wrong_usage) naming what the row holds otherwise.
std::vector<CsvColumn> csv_columns(const TableSchema& table);
std::vector<CsvColumn> named_columns(CsvReader& reader, const TableSchema& table);

} // namespace lockstep
