// Columns that moved to another table: gone here, and there is one of the same name and type in a table whose
// rows belong to this one's. With a table that is new it is a split; from a table that is gone, a merge.
#include "packaging/likeness.h"
#include "packaging/pairing_work.h"
#include "packaging/row_link.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <map>
#include <optional>

namespace lockstep {
namespace {

class MoveFinder {
  public:
    explicit MoveFinder(PairingWork& work) : work_(work), rarity_(work.older, work.newer) {
        for (const auto& [name, table] : work_.newer.tables)
            for (const SchemaColumn& column : table.columns)
                if (!work_.used_new.contains(name + "." + ascii_lower(column.name)) && column.hidden == 0)
                    unexplained_[ascii_lower(column.name)].push_back(&table);
    }

    void take_decisions() {
        for (const auto& [from, to] : work_.decisions.moved_columns) {
            const SchemaPlace before = find_place(work_.older, from);
            const SchemaPlace after = find_place(work_.newer, to);
            if (work_.used_new.contains(ascii_lower(dotted(after))))
                throw Error(Code::wrong_usage, "follow the decisions in", work_.decisions.file,
                            "moved_columns says " + from + " is now " + to + ", but " + to +
                                " is another old column already");
            take({InferenceKind::moved_column, before, after, certain, "decided", ""});
        }
    }

    void find() {
        for (const auto& [name, table] : work_.older.tables)
            for (const SchemaColumn& column : table.columns)
                if (is_gone(name, column)) find_new_home(table, column);
    }

  private:
    bool is_gone(const std::string& table, const SchemaColumn& column) const {
        return column.hidden == 0 && column.key_position == 0 &&
               !work_.used_old.contains(table + "." + ascii_lower(column.name)) &&
               std::ranges::none_of(work_.decisions.dropped_tables, [&](const std::string& dropped) {
                   return ascii_lower(dropped) == table;
               });
    }

    void find_new_home(const TableSchema& table, const SchemaColumn& column) {
        const auto homes = unexplained_.find(ascii_lower(column.name));
        if (homes == unexplained_.end() || rarity_.weight(ascii_lower(column.name)) <= 0) return;
        std::vector<Inference> found;
        for (const TableSchema* home : homes->second)
            if (auto inference = weigh(table, column, *home)) found.push_back(std::move(*inference));
        if (found.empty()) return;
        std::ranges::stable_sort(
            found, [](const Inference& a, const Inference& b) { return a.confidence > b.confidence; });
        if (found.size() > 1 && found[0].confidence - found[1].confidence < 10) {
            found[0].confidence = std::min(found[0].confidence, 70);
            found[0].reason += "; but " + dotted(found[1].to) + " is nearly as likely";
        }
        take(found[0]);
    }

    std::optional<Inference> weigh(const TableSchema& table, const SchemaColumn& column,
                                   const TableSchema& home) const {
        const std::string* now = work_.pairing.new_table(ascii_lower(table.name));
        if ((now && *now == ascii_lower(home.name)) ||
            work_.used_new.contains(ascii_lower(home.name + "." + column.name)))
            return std::nullopt;
        const auto link = link_rows(work_.older, work_.newer, work_.pairing, work_.decisions, table, home);
        if (!link) return std::nullopt; // the name alone says nothing
        const SchemaColumn& there = *home.column(column.name);
        const bool same_type = ascii_lower(column.type) == ascii_lower(there.type);
        int confidence = same_type ? 85 : affinity(column.type) == affinity(there.type) ? 75 : 55;
        std::string reason = "it is gone from " + table.name + ", and " + home.name +
                             " has a new column of that name" +
                             (same_type ? " and type" : ", of another type") + "; " + link->reason;
        if (!same_reference(table, home, column.name)) {
            confidence -= 25;
            reason += "; but they don't refer to the same table";
        }
        return Inference{
            kind_of(table, home), {table.name, column.name}, {home.name, there.name}, confidence, reason, ""};
    }

    bool same_reference(const TableSchema& table, const TableSchema& home, const std::string& column) const {
        const SchemaForeignKey* was = table.reference(column);
        const SchemaForeignKey* is = home.reference(column);
        if (!was || !is) return !was && !is;
        const std::string* now = work_.pairing.new_table(ascii_lower(was->parent));
        return now && *now == ascii_lower(is->parent);
    }

    InferenceKind kind_of(const TableSchema& table, const TableSchema& home) const {
        if (!work_.pairing.old_table(ascii_lower(home.name))) return InferenceKind::table_split;
        const bool stays = work_.pairing.new_table(ascii_lower(table.name)) != nullptr;
        return stays ? InferenceKind::moved_column : InferenceKind::merged_column;
    }

    void take(const Inference& inference) {
        if (inference.confidence < worth_offering) return;
        if (inference.applied()) work_.used_old.insert(ascii_lower(dotted(inference.from)));
        work_.used_new.insert(ascii_lower(dotted(inference.to)));
        work_.pairing.inferences.push_back(inference);
    }

    PairingWork& work_;
    ColumnRarity rarity_;
    std::map<std::string, std::vector<const TableSchema*>> unexplained_; // new columns, by their name
};

} // namespace

void pair_moves(PairingWork& work) {
    MoveFinder finder(work);
    finder.take_decisions();
    // A decision may have used a column that was unexplained.
    MoveFinder(work).find();
}

} // namespace lockstep
