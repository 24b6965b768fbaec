// Renamed tables: a table that is gone and one that appeared, with the columns that say most in common.
#include "packaging/likeness.h"
#include "packaging/pairing_work.h"
#include "packaging/value_evidence.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace lockstep {
namespace {

using NamePair = std::pair<std::string, std::string>; // old and new table, in lower case

struct TableCandidate {
    NamePair names;
    double likelihood = 0; // 0 to 1
    std::string reason;
};

// From two independent signs, each 0 to 1.
double together(double one, double other) {
    return 1 - (1 - one) * (1 - other);
}

class TableMatcher {
  public:
    explicit TableMatcher(PairingWork& work)
        : work_(work), rarity_(work.older, work.newer), gone_(left_over(work.older, work.newer)),
          appeared_(left_over(work.newer, work.older)) {}

    void match() {
        collect_references();
        std::vector<TableCandidate> candidates;
        for (const NamePair& names : plausible_pairs())
            if (auto candidate = weigh(names)) candidates.push_back(std::move(*candidate));
        choose(candidates);
    }

  private:
    std::set<std::string> left_over(const DatabaseSchema& from, const DatabaseSchema& other) const {
        std::set<std::string> names;
        const bool old_side = &from == &work_.older;
        for (const auto& [name, table] : from.tables) {
            const bool settled = old_side ? work_.pairing.new_table(name) != nullptr || is_dropped(name)
                                          : work_.pairing.old_table(name) != nullptr;
            if (!other.tables.contains(name) && !settled) names.insert(name);
        }
        return names;
    }

    bool is_dropped(const std::string& name) const {
        const auto is_it = [&](const std::string& one) { return ascii_lower(one) == name; };
        return std::ranges::any_of(work_.decisions.dropped_tables, is_it) ||
               std::ranges::any_of(work_.decisions.merged_tables,
                                   [&](const auto& entry) { return is_it(entry.first); });
    }

    // Tables that kept their name, whose foreign keys now point to a table that appeared.
    void collect_references() {
        for (const auto& [name, table] : work_.older.tables) {
            const TableSchema* same = work_.newer.table(name);
            if (!same) continue;
            const auto before = standings(table, *same);
            const auto after = standings(*same, table);
            for (const SchemaForeignKey& key : table.foreign_keys)
                if (key.from.size() == 1 && gone_.contains(ascii_lower(key.parent)))
                    follow_reference(key, *same, before, after);
        }
    }

    void follow_reference(const SchemaForeignKey& old_key, const TableSchema& newer,
                          const std::map<std::string, Standing>& before,
                          const std::map<std::string, Standing>& after) {
        const std::string column = ascii_lower(old_key.from[0]);
        for (const SchemaForeignKey& key : newer.foreign_keys) {
            if (key.from.size() != 1 || !appeared_.contains(ascii_lower(key.parent))) continue;
            const std::string now = ascii_lower(key.from[0]);
            const auto was = before.find(column);
            const auto is = after.find(now);
            const bool same_place = was != before.end() && is != after.end() && was->second == is->second;
            if (now == column || same_place)
                references_[{ascii_lower(old_key.parent), ascii_lower(key.parent)}] =
                    newer.name + "." + key.from[0];
        }
    }

    // Not every pair: with ten thousand tables on each side there would be too many.
    std::set<NamePair> plausible_pairs() const {
        constexpr std::size_t too_common = 64; // tables with one column in common
        std::map<std::string, std::vector<std::string>> tables_with;
        for (const std::string& name : appeared_)
            for (const SchemaColumn& column : work_.newer.table(name)->columns)
                tables_with[ascii_lower(column.name)].push_back(name);
        std::set<NamePair> pairs;
        for (const std::string& name : gone_)
            for (const SchemaColumn& column : work_.older.table(name)->columns) {
                const auto found = tables_with.find(ascii_lower(column.name));
                if (found == tables_with.end() || found->second.size() > too_common) continue;
                for (const std::string& other : found->second) pairs.emplace(name, other);
            }
        for (const auto& [names, column] : references_) pairs.insert(names);
        return pairs;
    }

    std::optional<TableCandidate> weigh(const NamePair& names) const {
        const TableSchema& older = *work_.older.table(names.first);
        const TableSchema& newer = *work_.newer.table(names.second);
        if (older.is_virtual() || newer.is_virtual()) return std::nullopt;
        double shared = 0;
        const double before = total_weight(older);
        const double after = total_weight(newer);
        int count = 0;
        for (const SchemaColumn& column : older.columns) {
            const SchemaColumn* same = newer.column(column.name);
            if (!same) continue;
            ++count;
            const bool same_type = ascii_lower(column.type) == ascii_lower(same->type);
            shared += rarity_.weight(ascii_lower(column.name)) * (same_type ? 1.0 : 0.6);
        }
        if (shared <= 0) return std::nullopt;
        // Columns that are gone speak against it more than columns that were added; few common ones say
        // little.
        double likelihood = (0.7 * shared / before + 0.3 * shared / after) * shared / (shared + 2);
        likelihood = together(likelihood, 0.4 * name_likeness(older.name, newer.name) * likelihood);
        std::string reason = std::to_string(count) + " of " + std::to_string(older.columns.size()) +
                             " columns have the same names";
        if (const auto reference = references_.find(names); reference != references_.end()) {
            likelihood = together(likelihood, 0.6);
            reason += "; " + reference->second + " refers to it where it referred to the old one";
        }
        if (gone_.size() == 1 && appeared_.size() == 1) {
            likelihood = together(likelihood, 0.5);
            reason += "; no other table is gone, and none appeared";
        }
        weigh_rows(older, newer, likelihood, reason);
        return TableCandidate{names, likelihood, reason};
    }

    double total_weight(const TableSchema& table) const {
        double sum = 0;
        for (const SchemaColumn& column : table.columns) sum += rarity_.weight(ascii_lower(column.name));
        return sum;
    }

    void weigh_rows(const TableSchema& older, const TableSchema& newer, double& likelihood,
                    std::string& reason) const {
        std::vector<std::pair<std::string, std::string>> columns;
        for (const SchemaColumn& column : older.columns)
            if (const SchemaColumn* same = newer.column(column.name); same && column.key_position == 0)
                columns.emplace_back(column.name, same->name);
        const ValueEvidence rows =
            compare_values({work_.database, work_.older.schema, work_.newer.schema, older, newer}, columns);
        if (rows.speaks_for()) {
            likelihood = together(likelihood, 0.7);
            reason += "; " + std::to_string(rows.same) + " of " + std::to_string(rows.compared) +
                      " values compared are the same";
        } else if (rows.speaks_against()) {
            likelihood *= 0.7;
            reason += "; but only " + std::to_string(rows.same) + " of " + std::to_string(rows.compared) +
                      " values compared are the same";
        }
    }

    // The likeliest first; each table once. Where another is nearly as likely, a person must choose.
    void choose(std::vector<TableCandidate>& candidates) {
        std::ranges::stable_sort(candidates, [](const TableCandidate& a, const TableCandidate& b) {
            return std::tie(b.likelihood, a.names) < std::tie(a.likelihood, b.names);
        });
        std::set<std::string> used_old;
        std::set<std::string> used_new;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            TableCandidate& one = candidates[i];
            if (used_old.contains(one.names.first) || used_new.contains(one.names.second)) continue;
            used_old.insert(one.names.first);
            used_new.insert(one.names.second);
            const int rival = rival_of(candidates, i, used_old, used_new);
            take(one, rival < 0 ? nullptr : &candidates[static_cast<std::size_t>(rival)]);
        }
    }

    // The next likeliest with one of the two tables, whose other one nobody likelier has.
    static int rival_of(const std::vector<TableCandidate>& candidates, std::size_t chosen,
                        const std::set<std::string>& used_old, const std::set<std::string>& used_new) {
        const NamePair& names = candidates[chosen].names;
        for (std::size_t i = chosen + 1; i < candidates.size(); ++i) {
            const NamePair& other = candidates[i].names;
            const bool same_old = other.first == names.first && !used_new.contains(other.second);
            const bool same_new = other.second == names.second && !used_old.contains(other.first);
            if (same_old || same_new) return static_cast<int>(i);
        }
        return -1;
    }

    void take(const TableCandidate& candidate, const TableCandidate* rival) {
        const auto& [before, after] = candidate.names;
        double likelihood = candidate.likelihood;
        std::string reason = candidate.reason;
        constexpr double clear_margin = 0.1;
        if (rival && candidate.likelihood - rival->likelihood < clear_margin) {
            likelihood = std::min(likelihood, 0.7);
            reason += "; but " + work_.older.table(rival->names.first)->name + " to " +
                      work_.newer.table(rival->names.second)->name + " is nearly as likely";
        }
        const Inference inference{InferenceKind::renamed_table,
                                  {work_.older.table(before)->name, ""},
                                  {work_.newer.table(after)->name, ""},
                                  static_cast<int>(std::min(99.0, std::floor(likelihood * 100))),
                                  reason,
                                  ""};
        if (inference.confidence < worth_offering) return;
        if (inference.applied()) work_.pairing.pair(before, after);
        work_.pairing.inferences.push_back(inference);
    }

    PairingWork& work_;
    ColumnRarity rarity_;
    std::set<std::string> gone_;
    std::set<std::string> appeared_;
    std::map<NamePair, std::string> references_; // to the column whose foreign key says so
};

// A virtual table has nothing but its USING clause: the only one that has the same.
void match_virtual_tables(PairingWork& work) {
    const auto after_name = [](const TableSchema& table) {
        const std::vector<SqlToken> tokens = tokens_of(table.sql);
        const auto uses =
            std::ranges::find_if(tokens, [](const SqlToken& one) { return is_word(one, "using"); });
        return normalised({uses, tokens.end()});
    };
    std::multimap<std::string, std::string> appeared;
    for (const auto& [name, table] : work.newer.tables)
        if (table.is_virtual() && !work.older.table(name)) appeared.emplace(after_name(table), name);
    for (const auto& [name, table] : work.older.tables) {
        if (!table.is_virtual() || work.newer.table(name) || work.pairing.new_table(name)) continue;
        const std::string clause = after_name(table);
        if (appeared.count(clause) != 1) continue;
        const std::string now = appeared.find(clause)->second;
        if (work.pairing.old_table(now)) continue;
        work.pairing.pair(name, now);
        work.pairing.inferences.push_back({InferenceKind::renamed_table,
                                           {table.name, ""},
                                           {work.newer.table(now)->name, ""},
                                           80,
                                           "the same USING clause",
                                           ""});
    }
}

} // namespace

void pair_tables(PairingWork& work) {
    for (const auto& [from, to] : work.decisions.renamed_tables) {
        work.pairing.pair(ascii_lower(from), ascii_lower(to));
        work.pairing.inferences.push_back({InferenceKind::renamed_table,
                                           {work.older.table(from)->name, ""},
                                           {work.newer.table(to)->name, ""},
                                           certain,
                                           "decided",
                                           ""});
    }
    for (const auto& [name, table] : work.older.tables) {
        const bool decided =
            work.pairing.new_table(name) != nullptr || work.pairing.old_table(name) != nullptr;
        if (!decided && work.newer.table(name)) work.pairing.pair(name, name);
    }
    TableMatcher(work).match();
    match_virtual_tables(work);
}

} // namespace lockstep
