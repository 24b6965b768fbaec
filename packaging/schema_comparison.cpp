#include "packaging/schema_comparison.h"

#include "packaging/schema_facts.h"
#include "packaging/table_order.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <map>
#include <set>

namespace lockstep {
namespace {

class NamesAsTheyAre : public FactNames {
  public:
    std::string table(const std::string& name) const override { return name; }
    std::string column(const std::string& /*table*/, const std::string& column) const override {
        return column;
    }
};

class NamesInNewSchema : public FactNames {
  public:
    explicit NamesInNewSchema(const Pairing& pairing) : pairing_(pairing) {}
    std::string table(const std::string& name) const override {
        const std::string* now = pairing_.new_table(ascii_lower(name));
        return now ? *now : name;
    }
    std::string column(const std::string& table, const std::string& column) const override {
        const std::string* now = pairing_.new_column(table, column);
        return now ? *now : column;
    }

  private:
    const Pairing& pairing_;
};

std::vector<SchemaChange> changes_between(const TableFacts& before, const TableFacts& after) {
    std::vector<SchemaChange> changes;
    for (const auto& [key, text] : before) {
        const auto same = after.find(key);
        if (same == after.end())
            changes.push_back({key.first, key.second, text, ""});
        else if (same->second != text)
            changes.push_back({key.first, key.second, text, same->second});
    }
    for (const auto& [key, text] : after)
        if (!before.contains(key)) changes.push_back({key.first, key.second, "", text});
    return changes;
}

class Comparer {
  public:
    Comparer(const DatabaseSchema& older, const DatabaseSchema& newer, const Pairing& pairing)
        : older_(older), newer_(newer), pairing_(pairing), names_(pairing) {
        for (const Inference& inference : pairing.inferences)
            if (inference.kind == InferenceKind::random_default && inference.applied())
                masked_.insert(ascii_lower(dotted(inference.to)));
    }

    SchemaComparison compare() {
        for (const std::string& name : new_names_in_order()) compare_table(name);
        for (const std::string& name : gone_in_order())
            result_.tables.push_back({TableFate::disappeared, older_.table(name)->name, "", {}});
        compare_objects("view", older_.views, newer_.views);
        compare_objects("trigger", older_.triggers, newer_.triggers);
        compare_number("user_version", older_.user_version, newer_.user_version);
        compare_number("application_id", older_.application_id, newer_.application_id);
        result_.inferences = pairing_.inferences;
        return std::move(result_);
    }

  private:
    std::vector<std::string> new_names_in_order() const {
        std::vector<std::string> names;
        for (const auto& [name, table] : newer_.tables) names.push_back(name);
        return in_order(names, referred_tables(newer_));
    }

    // Those that refer to others go first.
    std::vector<std::string> gone_in_order() const {
        std::vector<std::string> names;
        for (const auto& [name, table] : older_.tables)
            if (!pairing_.new_table(name)) names.push_back(name);
        names = in_order(names, referred_tables(older_));
        std::ranges::reverse(names);
        return names;
    }

    void compare_table(const std::string& name) {
        const TableSchema& newer = *newer_.table(name);
        const TableFacts after = table_facts(newer_, newer, NamesAsTheyAre(), masked_);
        const std::string* was = pairing_.old_table(name);
        if (!was) {
            result_.tables.push_back({TableFate::appeared, "", newer.name, changes_between({}, after)});
            return;
        }
        const TableSchema& older = *older_.table(*was);
        std::vector<SchemaChange> changes =
            changes_between(table_facts(older_, older, names_, masked_), after);
        note_renamed_columns(*was, older, newer, changes);
        if (!changes.empty() || *was != name)
            result_.tables.push_back({TableFate::changed, older.name, newer.name, std::move(changes)});
    }

    void note_renamed_columns(const std::string& was, const TableSchema& older, const TableSchema& newer,
                              std::vector<SchemaChange>& changes) const {
        for (const SchemaColumn& column : older.columns) {
            const std::string name = ascii_lower(column.name);
            if (const std::string* now = pairing_.new_column(was, name); now && *now != name)
                changes.push_back(
                    {"column name", newer.column(*now)->name, column.name, newer.column(*now)->name});
        }
    }

    void compare_objects(const std::string& kind, const std::map<std::string, SchemaObject>& before,
                         const std::map<std::string, SchemaObject>& after) {
        TableFacts old_facts;
        TableFacts new_facts;
        for (const auto& [name, object] : before) old_facts[{kind, name}] = object_text(object.sql, names_);
        for (const auto& [name, object] : after)
            new_facts[{kind, name}] = object_text(object.sql, NamesAsTheyAre());
        for (SchemaChange& change : changes_between(old_facts, new_facts))
            result_.others.push_back(std::move(change));
    }

    void compare_number(const std::string& name, std::int64_t before, std::int64_t after) {
        if (before != after)
            result_.others.push_back({"pragma", name, std::to_string(before), std::to_string(after)});
    }

    const DatabaseSchema& older_;
    const DatabaseSchema& newer_;
    const Pairing& pairing_;
    NamesInNewSchema names_;
    std::set<std::string> masked_;
    SchemaComparison result_;
};

} // namespace

SchemaComparison compare_schemas(const DatabaseSchema& older, const DatabaseSchema& newer,
                                 const Pairing& pairing) {
    return Comparer(older, newer, pairing).compare();
}

} // namespace lockstep
