// The release desk of Sahana Eden: its database of 2021 (../shared/data/eden/README.md), grown by years of
// field records, and the release to its revision of 2024. Each test skips where the data isn't there.
#pragma once

#include "tests/support/workshop.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lockstep {

class EdenDesk : public testing::Test {
  protected:
    // eden.db, grown (LOCKSTEP_EDEN_ROWS=400000 makes 430 MB of it), two code trees and a key.
    void SetUp() override;

    // Runs it in the desk's folder; returns its stdout.
    std::string must(const std::vector<std::string>& argv) const;
    // eden-<year>.db as it was unpacked.
    std::string unpacked(const std::string& year) const;
    // release.toml with these declarations; what follows "[[database]]" in them belongs to the database.
    void write_release(const std::string& declarations);
    Ran rehearse() const;
    void build() const; // eden.bundle
    Ran apply(const std::string& root) const;
    // Another installation has other records, and other defaults in its schema. Returns its root.
    std::string install();

    const std::string eden_ = shared_data() + "/eden";
    TemporaryFolder folder_;

  private:
    void grow(const std::string& database);
};

} // namespace lockstep
