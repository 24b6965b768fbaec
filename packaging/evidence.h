// rehearsal.json: the evidence that `lockstep rehearse` writes beside release.toml, and `lockstep build` asks
// for.
//
// It says which scripts ran under which declarations, what schema came out, and what was measured. A release
// whose scripts, programs, samples or declarations are other ones has no evidence.
#pragma once

#include "packaging/migrations.h"
#include "packaging/release.h"
#include "payload/manifest.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Evidence {
    std::string product;
    std::string version;
    std::string engine;  // the version of Lockstep that rehearsed
    std::string created; // RFC 3339, UTC: the bundle's date too, so that the same inputs give the same bytes
    std::map<std::string, std::string> scripts; // name -> sha256 of every script and *.run.toml
    std::map<std::string, std::string>
        programs; // path in the new code -> sha256, of what steps and health run
    // Previous version -> database -> the fingerprints of its samples, sorted: what an installation may have.
    std::map<std::string, std::map<std::string, std::vector<std::string>>> accepted;
    std::string declarations_sha256; // of declarations, databases, critical platforms, health command
    // The schemas that came out: platform ("" where there are none) -> database -> fingerprint.
    std::map<std::string, std::map<std::string, Fingerprint>> schemas;
    std::vector<RehearsalRun> runs;
    bool operator==(const Evidence&) const = default;
};

// What a rehearsal of this release would start with: everything but schemas and runs; `created` is now.
Evidence evidence_for(const Release& release, const Migrations& migrations);

// Why this isn't evidence for exactly this release, as a sentence that names the script, program, version or
// key; else nothing.
std::optional<std::string> evidence_refusal(const Release& release, const Evidence& evidence);

std::string evidence_path(const Release& release); // rehearsal.json beside release.toml
std::string write_evidence(const Evidence& evidence);
// Throws Error (wrong_usage) where the text isn't such evidence.
Evidence parse_evidence(std::string_view json, const std::string& file);
// Throws Error (wrong_usage), saying to rehearse, where there is none.
Evidence read_evidence(const Release& release);
// Durably, old or new.
void save_evidence(const Release& release, const Evidence& evidence);

} // namespace lockstep
