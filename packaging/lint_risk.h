// What `lockstep lint` finds: each a sentence, with how many rows are concerned and the keys of some.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

enum class RiskKind {
    migration_fails,   // a script stops on this copy
    loss,              // the loss ledger's: rows or values that are gone without the release's word
    wrong_type,        // values that don't fit the new type, or change by it
    cut_number,        // text of which CAST took the number at its beginning
    cut_text,          // longer than the new type says
    null_value,        // under a new NOT NULL
    check,             // rows that a new CHECK would refuse
    duplicate,         // under a new UNIQUE
    near_duplicate,    // but for case and accents
    orphan,            // references to rows that are missing
    no_mapping,        // values that a list of values, or a table of them, doesn't have: they became NULL
    becomes_null,      // values of which something else made NULL
    not_a_date,        // in a column of dates
    destructive_step,  // a statement that takes rows away, without the release's word
    not_deterministic, // a statement that does otherwise on each laptop
    newer_sqlite,      // for the engine, or for the application that is to read the result
    entry_point,       // for which a gate can't stand
};

struct Risk {
    RiskKind kind = RiskKind::migration_fails;
    std::string database = {}; // the release's name for it; empty where it is about none
    std::string place;         // "patient.born", "1.1.0/all.sql line 3", "bin/clinic"
    std::string message;       // what it is, for people: no counts, no row contents
    std::string advice = {};
    std::optional<std::int64_t> before =
        {}; // rows of the copy as it is; nothing where rows aren't what it is about
    std::optional<std::int64_t> after = {}; // rows of the migrated copy; nothing where that couldn't be had
    std::vector<std::string> keys = {}; // of some of those rows, three at most: of the migrated copy's, where
                                        // it has some
    std::vector<std::string> values = {}; // theirs, only where somebody asked for them

    // The migration sees to it: the migrated copy has no such row.
    bool settled() const { return after && *after == 0; }
};

struct LintReport {
    std::string product;
    std::string from; // the version of the copies
    std::string to;
    bool migrated = false;               // all steps ran on the copies
    std::vector<Risk> risks = {};        // by kind, and within each by database and place
    std::vector<std::string> notes = {}; // what wasn't looked at, and why

    bool found() const; // a risk that the migration doesn't settle
};

std::string risk_name(RiskKind kind);  // "wrong-type": for --json
std::string risk_title(RiskKind kind); // "NULL where the new schema has NOT NULL"

} // namespace lockstep
