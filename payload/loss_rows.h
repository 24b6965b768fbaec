// The loss ledger's look at the rows: what one old table lost, or has changed, without the release's word.
#pragma once

#include "payload/loss_account.h"
#include "payload/row_comparison.h"

#include <string>
#include <vector>

namespace lockstep {

class TableComparison {
  public:
    TableComparison(Database& database, const LossAccount& ledger, const TableAccount& account,
                    std::vector<Violation>& violations, std::vector<AllowedLoss>& let_go);

    void table_gone();
    void table_dropped();         // by the release's word
    void compare_rows();          // those of an ordinary table that was kept or renamed
    void compare_moved_columns(); // those that moved to other tables; the old one may be dropped
    void count_rows();            // those of a virtual table that holds no values of its own
    void compare_autoincrement();

  private:
    void compare_by_key(const RowMatch& match, const std::vector<ColumnPair>& pairs);
    void compare_by_digest(const std::vector<ColumnPair>& pairs);
    void compare_digest(const ColumnPair& pair, const ColumnDigest& before, const ColumnDigest& now,
                        std::int64_t lost);
    void rows_missing(std::int64_t missing, std::int64_t rows, const std::string& keys);
    void rows_let_go(std::int64_t missing);
    void columns_let_go(const std::vector<std::int64_t>& values); // of dropped_columns(), in their order
    std::vector<std::string> dropped_columns() const;
    bool is_held_elsewhere() const;
    void column_changed(const std::string& column, std::int64_t rows, const std::string& what);
    void column_gone(const std::string& column);
    std::string same_values_elsewhere(const std::string& column) const;
    std::vector<std::string> new_columns() const;
    void moved_by_match(const ColumnAccount& column, const RowMatch& match);
    void moved_by_digest(const ColumnAccount& column);

    std::optional<RowMatch> match() const;
    std::int64_t allowed(std::int64_t rows) const;
    void add(const std::string& column, const std::string& message, const std::string& declaration,
             std::int64_t rows);

    Database& database_;
    const LossAccount& ledger_;
    const TableAccount& account_;
    const TableInfo& older_;
    std::string name_; // as messages and declarations call the old table
    std::vector<Violation>& violations_;
    std::vector<AllowedLoss>& let_go_;
};

} // namespace lockstep
