// "Refused, and nothing changed": the whole installation, with Lockstep's own state, before and after one
// run.
#pragma once

#include "tests/support/run.h"
#include "tests/support/tree.h"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace lockstep {

// Runs `attempt`, which must end with `code`, say each of `words` to whoever reads it, and leave the tree at
// `root` as it was, .lockstep included.
inline void expect_refused(const std::string& root, int code, const std::vector<std::string>& words,
                           const std::function<Ran()>& attempt) {
    const Tree before = tree_of(root, true);
    const Ran ran = attempt();
    EXPECT_EQ(ran.code, code) << ran.out << ran.err;
    for (const std::string& word : words)
        EXPECT_NE((ran.out + ran.err).find(word), std::string::npos) << "no '" << word << "' in:\n"
                                                                     << ran.out << ran.err;
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
}

inline void expect_says(const std::string& text, const std::string& words) {
    EXPECT_NE(text.find(words), std::string::npos) << "no '" << words << "' in:\n" << text;
}

} // namespace lockstep
