// A table turned into a column: a reference to a table of names is gone, and a text of that name appeared.
#include "packaging/likeness.h"
#include "packaging/pairing_work.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <optional>

namespace lockstep {
namespace {

// "brand_id" -> "brand"
std::string stem_of(std::string column) {
    for (const std::string_view ending : {"_id", "_fk", "_code", "id"})
        if (column.size() > ending.size() && column.ends_with(ending))
            return column.substr(0, column.size() - ending.size());
    return column;
}

// The column of the lookup table that people read: decided, else "name" and the like, else its only text.
std::optional<std::string> label_of(const PairingWork& work, const TableSchema& lookup) {
    for (const auto& [table, column] : work.decisions.labels)
        if (ascii_lower(table) == ascii_lower(lookup.name)) return lookup.column(column)->name;
    for (const std::string_view usual : {"name", "label", "title", "text", "description"})
        if (const SchemaColumn* column = lookup.column(usual)) return column->name;
    std::optional<std::string> only;
    for (const SchemaColumn& column : lookup.columns) {
        if (affinity(column.type) != "text" || column.key_position > 0) continue;
        if (only) return std::nullopt;
        only = column.name;
    }
    return only;
}

class LookupFinder {
  public:
    explicit LookupFinder(PairingWork& work) : work_(work) {}

    void take_decisions() {
        for (const auto& [from, to] : work_.decisions.lookups) {
            const SchemaPlace before = find_place(work_.older, from);
            const TableSchema& table = *work_.older.table(before.table);
            const SchemaForeignKey* reference = table.reference(before.column);
            const TableSchema* lookup = reference ? work_.older.table(reference->parent) : nullptr;
            const std::optional<std::string> label = lookup ? label_of(work_, *lookup) : std::nullopt;
            if (!label)
                throw Error(Code::wrong_usage, "follow the decisions in", work_.decisions.file,
                            "lookups names " + from + ", but " +
                                (lookup
                                     ? "labels doesn't say which column of " + lookup->name + " is its name"
                                     : "it refers to no table"));
            take({InferenceKind::lookup_to_text, before, find_place(work_.newer, to), certain, "decided",
                  *label});
        }
    }

    void find() {
        for (const auto& [name, now] : work_.pairing.tables) {
            const TableSchema& older = *work_.older.table(name);
            for (const SchemaForeignKey& key : older.foreign_keys)
                if (key.from.size() == 1) try_reference(older, *work_.newer.table(now), key);
        }
    }

  private:
    void try_reference(const TableSchema& older, const TableSchema& newer, const SchemaForeignKey& key) {
        const std::string column = ascii_lower(key.from[0]);
        const TableSchema* lookup = work_.older.table(key.parent);
        if (!lookup || newer.column(column) ||
            work_.used_old.contains(ascii_lower(older.name + "." + column)) ||
            work_.pairing.new_table(ascii_lower(lookup->name)))
            return;
        const std::string stem = stem_of(column);
        for (const SchemaColumn& text : newer.columns) {
            const std::string name = ascii_lower(text.name);
            if (older.column(name) || affinity(text.type) != "text" ||
                work_.used_new.contains(ascii_lower(newer.name + "." + name)))
                continue;
            if (name == stem || stem_of(name) == stem) return offer(older, newer, column, text.name, *lookup);
        }
    }

    void offer(const TableSchema& older, const TableSchema& newer, const std::string& column,
               const std::string& text, const TableSchema& lookup) {
        const std::optional<std::string> label = label_of(work_, lookup);
        if (!label) return;
        const bool usual =
            ascii_lower(*label) == "name" || ascii_lower(*label) == "label" || ascii_lower(*label) == "title";
        take({InferenceKind::lookup_to_text,
              {older.name, older.column(column)->name},
              {newer.name, text},
              usual ? 90 : 70,
              "the table " + lookup.name + " is gone, and where " + column +
                  " referred to it there is the text " + text + "; its " + *label + " is " +
                  (usual ? "what such a table is read by" : "its only text"),
              *label});
    }

    void take(const Inference& inference) {
        if (inference.applied()) forget_other_fates(inference);
        if (inference.applied()) work_.used_old.insert(ascii_lower(dotted(inference.from)));
        work_.used_new.insert(ascii_lower(dotted(inference.to)));
        work_.pairing.inferences.push_back(inference);
    }

    // The lookup table's names live on in the text: it isn't some other table now.
    void forget_other_fates(const Inference& inference) {
        const SchemaForeignKey* key =
            work_.older.table(inference.from.table)->reference(inference.from.column);
        std::erase_if(work_.pairing.inferences, [&](const Inference& one) {
            return one.kind == InferenceKind::renamed_table && !one.applied() &&
                   ascii_lower(one.from.table) == ascii_lower(key->parent);
        });
    }

    PairingWork& work_;
};

} // namespace

void pair_lookups(PairingWork& work) {
    LookupFinder finder(work);
    finder.take_decisions();
    finder.find();
}

} // namespace lockstep
