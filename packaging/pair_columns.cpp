// Renamed columns: within one table, a column that is gone and one that appeared, of the same type in the
// same place.
#include "packaging/likeness.h"
#include "packaging/pairing_work.h"
#include "packaging/value_evidence.h"
#include "packaging/virtual_tables.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace lockstep {
namespace {

struct ColumnCandidate {
    std::string before;
    std::string after;
    double likelihood = 0;
    std::string reason;
};

bool is_free_in(const PairingWork& work, const std::string& before, const std::string& after) {
    return !work.used_old.contains(before) && !work.leaving.contains(before) &&
           !work.used_new.contains(after) && !work.arriving.contains(after);
}

class ColumnMatcher {
  public:
    ColumnMatcher(PairingWork& work, const TableSchema& older, const TableSchema& newer)
        : work_(work), older_(older), newer_(newer), old_standings_(standings(older, newer)),
          new_standings_(standings(newer, older)) {}

    void match() {
        std::vector<ColumnCandidate> candidates;
        for (const auto& [before, old_standing] : old_standings_)
            for (const auto& [after, new_standing] : new_standings_)
                if (is_free(before, after))
                    candidates.push_back(weigh(before, after, old_standing == new_standing));
        std::ranges::stable_sort(candidates, [](const ColumnCandidate& a, const ColumnCandidate& b) {
            return a.likelihood > b.likelihood;
        });
        for (const ColumnCandidate& one : candidates)
            if (is_free(one.before, one.after)) take(one, candidates);
    }

  private:
    bool is_free(const std::string& before, const std::string& after) const {
        return is_free_in(work_, dotted(old_name(), before), dotted(new_name(), after)) &&
               older_.column(before)->hidden == newer_.column(after)->hidden;
    }

    std::string old_name() const { return ascii_lower(older_.name); }
    std::string new_name() const { return ascii_lower(newer_.name); }

    ColumnCandidate weigh(const std::string& before, const std::string& after, bool same_place) const {
        const SchemaColumn& was = *older_.column(before);
        const SchemaColumn& is = *newer_.column(after);
        ColumnCandidate one{before, after, 0, ""};
        const auto add = [&one](double likelihood, const std::string& reason) {
            one.likelihood += likelihood;
            one.reason += (one.reason.empty() ? "" : ", ") + reason;
        };
        if (ascii_lower(was.type) == ascii_lower(is.type))
            add(0.35, "the same type");
        else if (affinity(was.type) == affinity(is.type))
            add(0.2, "a similar type");
        if (same_place) add(0.35, "the same place");
        const double likeness = name_likeness(before, after);
        if (likeness >= 0.4) add(0.3 * likeness, "a similar name");
        if (was.key_position > 0 && was.key_position == is.key_position) add(0.2, "the same part of the key");
        weigh_reference(one);
        weigh_rows(one);
        return one;
    }

    // The old column's reference and the new one's must mean the same table.
    void weigh_reference(ColumnCandidate& one) const {
        const SchemaForeignKey* was = older_.reference(one.before);
        const SchemaForeignKey* is = newer_.reference(one.after);
        if (!was && !is) return;
        const std::string* now = was ? work_.pairing.new_table(ascii_lower(was->parent)) : nullptr;
        if (is && now && *now == ascii_lower(is->parent)) {
            one.likelihood += 0.2;
            one.reason += ", referring to the same table";
        } else if (was && is) {
            one.likelihood -= 0.5;
            one.reason += ", but referring to another table";
        } else {
            one.likelihood -= 0.3;
            one.reason += was ? ", but referring to no table any more" : ", but referring to a table now";
        }
    }

    void weigh_rows(ColumnCandidate& one) const {
        if (one.likelihood < 0.2) return; // no rows make them the same
        const ValueEvidence rows =
            compare_values({work_.database, work_.older.schema, work_.newer.schema, older_, newer_},
                           {{older_.column(one.before)->name, newer_.column(one.after)->name}});
        const std::string counts =
            std::to_string(rows.same) + " of " + std::to_string(rows.compared) + " values are the same";
        if (rows.speaks_for()) {
            one.likelihood += 0.4;
            one.reason += ", " + counts;
        } else if (rows.speaks_against()) {
            one.likelihood -= 0.4;
            one.reason += ", but only " + counts;
        }
    }

    // Another column that fits one of the two nearly as well makes it a guess.
    bool is_ambiguous(const ColumnCandidate& one, const std::vector<ColumnCandidate>& all) const {
        constexpr double clear_margin = 0.15;
        return std::ranges::any_of(all, [&](const ColumnCandidate& other) {
            const bool shares_one = (other.before == one.before) != (other.after == one.after);
            return shares_one && is_free(other.before, other.after) &&
                   one.likelihood - other.likelihood < clear_margin;
        });
    }

    void take(const ColumnCandidate& one, const std::vector<ColumnCandidate>& all) {
        double likelihood = std::min(one.likelihood, 0.99);
        std::string reason = one.reason;
        if (is_ambiguous(one, all)) {
            likelihood = std::min(likelihood, 0.7);
            reason += "; but another column fits nearly as well";
        }
        const Inference inference{InferenceKind::renamed_column,
                                  {older_.name, older_.column(one.before)->name},
                                  {newer_.name, newer_.column(one.after)->name},
                                  static_cast<int>(std::floor(likelihood * 100)),
                                  reason,
                                  ""};
        if (inference.confidence < worth_offering) return;
        if (inference.applied()) {
            work_.pairing.columns[old_name()][one.before] = one.after;
            work_.used_old.insert(dotted(old_name(), one.before));
        }
        work_.used_new.insert(dotted(new_name(), one.after));
        work_.pairing.inferences.push_back(inference);
    }

    PairingWork& work_;
    const TableSchema& older_;
    const TableSchema& newer_;
    std::map<std::string, Standing> old_standings_;
    std::map<std::string, Standing> new_standings_;
};

void pair_same_names(PairingWork& work, const TableSchema& older, const TableSchema& newer) {
    const std::string before = ascii_lower(older.name);
    for (const SchemaColumn& column : older.columns) {
        const std::string name = ascii_lower(column.name);
        if (!newer.column(name) ||
            !is_free_in(work, dotted(before, name), dotted(ascii_lower(newer.name), name)))
            continue;
        work.pairing.columns[before][name] = name;
        work.used_old.insert(dotted(before, name));
        work.used_new.insert(dotted(ascii_lower(newer.name), name));
    }
}

// Two R-trees with as many coordinates.
void pair_coordinates(PairingWork& work, const TableSchema& older, const TableSchema& newer) {
    const std::vector<SchemaColumn> before = coordinates(older);
    const std::vector<SchemaColumn> after = coordinates(newer);
    if (before.size() != after.size()) return;
    const std::string old_name = ascii_lower(older.name);
    const std::string new_name = ascii_lower(newer.name);
    for (std::size_t i = 0; i < before.size(); ++i) {
        const std::string was = ascii_lower(before[i].name);
        const std::string is = ascii_lower(after[i].name);
        if (!is_free_in(work, dotted(old_name, was), dotted(new_name, is))) continue;
        work.pairing.columns[old_name][was] = is;
        work.used_old.insert(dotted(old_name, was));
        work.used_new.insert(dotted(new_name, is));
        work.pairing.inferences.push_back({InferenceKind::renamed_column,
                                           {older.name, before[i].name},
                                           {newer.name, after[i].name},
                                           95,
                                           "an R-tree's coordinates are known by their place",
                                           ""});
    }
}

} // namespace

void pair_decided_columns(PairingWork& work) {
    for (const auto& [from, to] : work.decisions.renamed_columns) {
        const SchemaPlace before = find_place(work.older, from);
        const SchemaPlace after = find_place(work.newer, to);
        const std::string* now = work.pairing.new_table(ascii_lower(before.table));
        if (!now || *now != ascii_lower(after.table))
            throw Error(Code::wrong_usage, "follow the decisions in", work.decisions.file,
                        "renamed_columns says " + from + " is now " + to + ", but the table " + before.table +
                            " did not become " + after.table + "; moved_columns is for that");
        work.pairing.columns[ascii_lower(before.table)][ascii_lower(before.column)] =
            ascii_lower(after.column);
        work.used_old.insert(ascii_lower(dotted(before)));
        work.used_new.insert(ascii_lower(dotted(after)));
        work.pairing.inferences.push_back(
            {InferenceKind::renamed_column, before, after, certain, "decided", ""});
    }
    for (const auto& [from, to] : work.decisions.moved_columns) {
        const SchemaPlace before = find_place(work.older, from);
        const SchemaPlace after = find_place(work.newer, to);
        const std::string* now = work.pairing.new_table(ascii_lower(before.table));
        if (now && *now == ascii_lower(after.table))
            throw Error(Code::wrong_usage, "follow the decisions in", work.decisions.file,
                        "moved_columns says " + from + " is now " + to +
                            ", which is the same table; renamed_columns is for that");
        work.leaving.insert(ascii_lower(dotted(before)));
        work.arriving.insert(ascii_lower(dotted(after)));
    }
    for (const std::string& column : work.decisions.dropped_columns)
        work.used_old.insert(ascii_lower(column));
}

void pair_columns(PairingWork& work) {
    for (const auto& [before, after] : work.pairing.tables)
        pair_same_names(work, *work.older.table(before), *work.newer.table(after));
    for (const auto& [before, after] : work.pairing.tables)
        pair_coordinates(work, *work.older.table(before), *work.newer.table(after));
    for (const auto& [before, after] : work.pairing.tables)
        ColumnMatcher(work, *work.older.table(before), *work.newer.table(after)).match();
}

} // namespace lockstep
