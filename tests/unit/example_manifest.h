// A manifest with something in every place, for the tests of the manifest and of the bundle.
#pragma once

#include "payload/digest.h"
#include "payload/manifest.h"

namespace lockstep {

inline Script example_script(const std::string& name, const std::string& text) {
    return {name, sha256(text), text.size()};
}

inline Manifest example_manifest() {
    Manifest manifest;
    manifest.product = "clinic";
    manifest.version = "1.1.0";
    manifest.floor = "1.0.0";
    manifest.platforms = {"field", "office"};
    manifest.minimum_engine = "0.1.0";
    manifest.created = "2026-01-31T12:00:00Z";
    manifest.expires = "2027-01-31T12:00:00Z";
    manifest.databases = {{"main", "data/clinic.db", {"*.uuid"}, {}, {}},
                          {"stock", "data/stock.db", {}, "1.1.0", "1.2.0"}};
    manifest.target.version = "1.1.0";
    manifest.target.files = {{"bin/clinic", 3, sha256("new"), 0755}, {"readme.txt", 4, sha256("read"), 0644}};
    manifest.target.entry_points = {"bin/clinic"};
    manifest.target.schemas = {{"main", {{sha256("s2"), {{"table patient", "d"}}}}}};
    Revision old = manifest.target;
    old.version = "1.0.0";
    old.files[0].sha256 = sha256("old");
    manifest.from = {old};
    manifest.defaults = {{"settings.ini", 3, sha256("set"), 0644}};
    manifest.preserve = {"settings.ini", "uploads/**"};
    Migration migration;
    migration.version = "1.1.0";
    migration.reverts = {example_script("1.1.0/revert.sql", "revert")};
    migration.checks = example_script("1.1.0/checks.sql", "checks");
    migration.steps = {{example_script("1.1.0/prepare.sql", "prepare"), {}, "", true},
                       {example_script("1.1.0/all.sql", "all"), {}, "", false},
                       {{}, Program{"1.1.0/recode.run.toml", {"{root}/recode", "x"}, 60}, "field", false}};
    manifest.migrations = {migration};
    manifest.init = Migration{"init", {{example_script("init/all.sql", "init"), {}, "", false}}, {}, {}};
    manifest.critical_platforms = {"office"};
    manifest.declarations.max_shrink = {{"audit_log", "100%"}};
    manifest.declarations.journal = true;
    manifest.health = Health{{"{root}/clinic", "--self-test"}, 60};
    RehearsalRun run;
    run.from = "1.0.0";
    run.platform = "field";
    run.database_bytes = 4096;
    run.growth = 1.25;
    run.seconds = 0.5;
    run.phase_seconds = {{"migrate", 0.4}, {"verify the trial copy", 0.1}};
    run.bytes_before = {{"clinic", 4096}};
    run.bytes_after = {{"clinic", 5120}};
    run.rows = {{"patient", 12}};
    run.table_seconds = {{"patient", 0.25}};
    run.script_seconds = {{"all", 0.1}};
    run.script_rows = {{"all", 12}};
    manifest.rehearsal = {run};
    manifest.locations = {"/opt/clinic"};
    manifest.gate_sha256 = sha256("gate");
    manifest.gate_size = 4;
    return manifest;
}

} // namespace lockstep
