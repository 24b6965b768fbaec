// What was asked for, and what came of it.
#pragma once

#include "payload/error.h"
#include "payload/signature.h"
#include "updater/progress.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

struct Request {
    std::string root;                     // empty: found by find_root()
    std::string bundle;                   // --bundle
    std::string from;                     // --from
    std::vector<PublicKey> trust;         // --trust
    std::vector<std::string> trust_files; // that they came from
    std::string platform;                 // --platform
    std::string preview;                  // `update preview DIR`
    std::string daily = "03:00";          // `update schedule --daily`, local time
    bool check_only = false;              // `update check`
    bool prepare = false;                 // `update prepare`
    bool set_aside_local_changes = false;
    bool set_newer_aside = false;
    bool rehearsal = false; // the schema that results is recorded, not compared
    bool one_at_a_time =
        false;              // nothing runs beside anything else: the same calls in the same order each time
    std::string executable; // this program, for its own bundle and as the engine that the gate calls
};

struct Outcome {
    Code code = Code::ok;
    std::string outcome; // "updated", "up-to-date", "checked", …, or the code's word
    std::string product;
    std::string from;
    std::string to;
    std::string happened; // the sentence of a failure's code; empty where it succeeded
    std::string message;
    std::string advice;
    std::optional<std::int64_t> transaction;
    double swap_ms = 0;
    std::vector<Phase> phases;
    std::vector<std::string> scripts;       // that ran, or would run
    std::optional<double> estimate_seconds; // from the rehearsal, for these databases
    std::string estimate; // the same for people: "about 4 minutes for your 1.2 million rows"
    std::vector<std::string> notes;
};

} // namespace lockstep
