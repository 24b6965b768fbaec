// How alike two names are, how much it says that two tables share a column, and where a column stands.
#pragma once

#include "packaging/database_schema.h"

#include <map>
#include <string>
#include <string_view>

namespace lockstep {

// 0 to 1, by the pairs of letters that both have (Dice's coefficient); case doesn't count.
double name_likeness(std::string_view one, std::string_view other);

// A column that every table has says nothing; the rarer a name, the more it says.
class ColumnRarity {
  public:
    ColumnRarity(const DatabaseSchema& older, const DatabaseSchema& newer);
    double weight(const std::string& lower_column) const; // 0: more than two thirds of the tables have it

  private:
    double tables_ = 0;
    std::map<std::string, double> counts_;
};

// Where a column stands among those that another table's columns share: after which of them, as the how
// manieth. Columns of two tables with the same standing are "in the same place".
struct Standing {
    std::string after;
    int ordinal = 0;
    bool operator==(const Standing&) const = default;
};
// Of each column of `table` that `other` doesn't have, by its name in lower case.
std::map<std::string, Standing> standings(const TableSchema& table, const TableSchema& other);

// "integer", "text", "blob", "real" or "numeric":
// https://sqlite.org/datatype3.html#determination_of_column_affinity
std::string affinity(std::string_view type);

} // namespace lockstep
