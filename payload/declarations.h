// Finds what a release declares of a table or a column. A declaration names a table as "table" or
// "database.table", a column as "table.column" or "database.table.column"; the one with the database decides
// where there are both.
#pragma once

#include "payload/manifest.h"
#include "payload/table_info.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// Where a column is: its table and its name there.
struct ColumnPlace {
    const TableInfo* table = nullptr;
    std::string column;
};

class DeclarationLookup {
  public:
    explicit DeclarationLookup(const Declarations& declarations) : declarations_(declarations) {}

    bool ignores(const TableInfo& table) const;
    bool dropped(const TableInfo& table) const;
    bool dropped(const TableInfo& table, const std::string& column) const;
    bool changed(const TableInfo& table, const std::string& column) const;
    std::optional<std::string> renamed_to(const TableInfo& table) const;
    std::optional<std::string> moved_to(const TableInfo& table, const std::string& column) const;
    std::optional<std::string> max_shrink(const TableInfo& table) const;

  private:
    const Declarations& declarations_;
};

// "100%", "12.5%" or "250": how many of `rows` may be gone. Throws Error (wrong_usage) naming the table.
std::int64_t allowed_loss(const std::string& max_shrink, std::int64_t rows, const std::string& table);

// The table that `target` names; one of `preferred_database` where several databases have it. nullptr: none.
const TableInfo* find_table(const std::vector<TableInfo>& tables, const std::string& target,
                            const std::string& preferred_database);
// The column that `target` names; its table is nullptr where there is none.
ColumnPlace find_column(const std::vector<TableInfo>& tables, const std::string& target,
                        const std::string& preferred_database);

} // namespace lockstep
