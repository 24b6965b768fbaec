// Two real SQLite files in a temporary folder, as the loss ledger sees them: the trial copy and its backup.
#pragma once

#include "payload/loss_ledger.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

// A test declares what it is about, and leaves the other members out by intent.
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

namespace lockstep {

class LossTest : public ::testing::Test {
  protected:
    LossTest() {
        static int count = 0;
        folder_ = std::filesystem::temp_directory_path() /
                  ("lockstep_loss_" + std::to_string(getpid()) + "_" + std::to_string(count++));
        std::filesystem::create_directories(folder_);
    }
    ~LossTest() override {
        std::error_code ignored; // a leftover folder harms no test
        std::filesystem::remove_all(folder_, ignored);
    }

    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    std::string older_path(const std::string& name) const { return path(name + "_before.db"); }
    std::string newer_path(const std::string& name) const { return path(name + ".db"); }

    // Makes the old database, and the trial copy as a copy of it on which `migration` runs.
    void given(const std::string& older, const std::string& migration, const std::string& name = "main") {
        { Database(older_path(name), OpenMode::create).run(older); }
        std::filesystem::copy_file(older_path(name), newer_path(name));
        Database trial(newer_path(name), OpenMode::read_write);
        trial.run(migration);
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
    }

    Database open() const {
        Database database(newer_path(names_.at(0)), OpenMode::read_write);
        std::vector<DatabaseFile> backups;
        for (const std::string& name : names_) {
            if (name != names_[0]) database.attach(newer_path(name), name, OpenMode::read_write);
            backups.push_back({name, older_path(name)});
        }
        attach_before(database, backups, names_[0]);
        return database;
    }

    std::vector<Violation> violations(const Declarations& declarations = {}) const {
        WrittenTables written;
        written.everything = true;
        return violations(declarations, written);
    }

    std::vector<Violation> violations(const Declarations& declarations, const WrittenTables& written) const {
        Database database = open();
        return loss_violations(database, names_, declarations, written);
    }

    std::filesystem::path folder_;
    std::vector<std::string> names_;
};

using Messages = std::vector<std::string>;

inline Messages messages(const std::vector<Violation>& violations) {
    Messages all;
    for (const Violation& violation : violations) all.push_back(violation.message);
    return all;
}

} // namespace lockstep
