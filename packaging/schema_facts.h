// A table's schema as facts that can be compared one by one, told in the words of the other schema.
#pragma once

#include "packaging/pairing.h"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace lockstep {

// What a fact is of ("column", "name"), and what it says. Names of an old table's facts are told by the names
// that they have in the new schema, so that equal facts are equal text.
using TableFacts = std::map<std::pair<std::string, std::string>, std::string>;

class FactNames {
  public:
    virtual ~FactNames() = default;
    virtual std::string table(const std::string& name) const = 0;
    virtual std::string column(const std::string& table, const std::string& column) const = 0;
};

// `masked`: columns ("table.column", by the names of `names`) whose default isn't looked at.
TableFacts table_facts(const DatabaseSchema& schema, const TableSchema& table, const FactNames& names,
                       const std::set<std::string>& masked);

// A trigger's or view's text with the names of tables that were renamed, for comparing.
std::string object_text(const std::string& sql, const FactNames& names);

} // namespace lockstep
