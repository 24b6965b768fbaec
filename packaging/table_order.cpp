#include "packaging/table_order.h"

#include "payload/sql_text.h"

namespace lockstep {
namespace {

// Depth first, with a stack of its own: ten thousand tables may refer to each other in a row.
class Sorter {
  public:
    Sorter(const std::vector<std::string>& names, const std::map<std::string, std::set<std::string>>& before)
        : names_(names), wanted_(names.begin(), names.end()), before_(before) {}

    std::vector<std::string> sorted() {
        for (const std::string& name : names_) visit(name);
        return std::move(sorted_);
    }

  private:
    struct Visit {
        std::string name;
        std::vector<std::string> first; // still to be placed before it
    };

    void visit(const std::string& name) {
        enter(name);
        while (!open_.empty()) {
            if (open_.back().first.empty()) {
                sorted_.push_back(open_.back().name);
                open_.pop_back();
                continue;
            }
            const std::string next = open_.back().first.back();
            open_.back().first.pop_back();
            enter(next);
        }
    }

    void enter(const std::string& name) {
        if (!wanted_.contains(name) || !seen_.insert(name).second) return;
        Visit visit{name, {}};
        if (const auto found = before_.find(name); found != before_.end())
            visit.first.assign(found->second.rbegin(), found->second.rend());
        open_.push_back(std::move(visit));
    }

    const std::vector<std::string>& names_;
    std::set<std::string> wanted_;
    const std::map<std::string, std::set<std::string>>& before_;
    std::set<std::string> seen_;
    std::vector<Visit> open_;
    std::vector<std::string> sorted_;
};

} // namespace

std::vector<std::string> in_order(const std::vector<std::string>& names,
                                  const std::map<std::string, std::set<std::string>>& before) {
    return Sorter(names, before).sorted();
}

std::map<std::string, std::set<std::string>> referred_tables(const DatabaseSchema& schema) {
    std::map<std::string, std::set<std::string>> referred;
    for (const auto& [name, table] : schema.tables)
        for (const SchemaForeignKey& key : table.foreign_keys)
            if (ascii_lower(key.parent) != name) referred[name].insert(ascii_lower(key.parent));
    return referred;
}

} // namespace lockstep
