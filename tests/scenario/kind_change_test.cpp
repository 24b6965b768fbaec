// A file that becomes a folder, or a folder that becomes a file.
#include "tests/support/attempt.h"
#include "tests/support/workshop.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

void expect_neither(const Workshop& workshop, const std::string& words) {
    const std::string release = workshop / "release-1.1.0.toml";
    const std::string advice =
        "Give one of them another name, or go through a release between that has neither.";
    const std::vector<std::string> build{
        "build", release, "--key", workshop / "key.key", "-o", workshop / "out.bundle"};
    expect_refused(workshop.path(), 2, {words, advice}, [&] { return workshop.lockstep(build); });
    const Ran rehearsed = workshop.lockstep({"rehearse", release});
    EXPECT_EQ(rehearsed.code, 2) << rehearsed.err;
    expect_says(rehearsed.err, words);
    expect_says(rehearsed.err, advice);
    expect_says(rehearsed.err, "No sample was changed.");
}

TEST(KindChange, AFileThatBecomesAFolderIsRefusedByName) {
    Workshop workshop;
    workshop.rehearse(workshop / "release-1.1.0.toml");
    write_file(workshop / "app-1.0.0/docs/faq", "a file\n");
    write_file(workshop / "app-1.1.0/docs/faq/one.txt", "below it\n");
    expect_neither(workshop,
                   "docs/faq: it is a file in version 1.0.0 and a folder in version 1.1.0, which has "
                   "docs/faq/one.txt");
}

TEST(KindChange, AFolderThatBecomesAFileIsRefusedByName) {
    Workshop workshop;
    workshop.rehearse(workshop / "release-1.1.0.toml");
    write_file(workshop / "app-1.0.0/docs/faq/one.txt", "below it\n");
    write_file(workshop / "app-1.1.0/docs/faq", "a file\n");
    expect_neither(workshop,
                   "docs/faq: it is a file in version 1.1.0 and a folder in version 1.0.0, which has "
                   "docs/faq/one.txt");
}

} // namespace
} // namespace lockstep
