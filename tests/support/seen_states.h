// Which states of an installation a sweep has gone on from already: hundreds of its points leave the same
// one, and from there the same follows.
#pragma once

#include <set>
#include <string>

namespace lockstep {

class SeenStates {
  public:
    // Whether nothing like the installation at `root` was asked about before: every file with its rights and
    // content, and what the ledger holds. Two ledgers are alike that differ in times, in the words of an
    // error, or in the numbers of files that have the same names.
    bool is_new(const std::string& root);
    std::size_t size() const { return digests_.size(); }

  private:
    std::set<std::string> digests_;
};

} // namespace lockstep
