// The README's walk: the example application's migration, drafted with the README's decisions, and rehearsed
// with the application's own self-test on what came out.
#include "tests/support/workshop.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// The lines of README.md between two of them, without their indentation.
std::string readme_lines(const std::string& first, const std::string& last) {
    const std::string readme = read_file(source_file("README.md"));
    const std::size_t begin = readme.find("    " + first);
    const std::size_t end = readme.find('\n', readme.find("    " + last, begin));
    std::string lines = readme.substr(begin, end - begin);
    for (std::size_t at = 0; (at = lines.find("    ", at)) != std::string::npos; ++at)
        if (at == 0 || lines[at - 1] == '\n') lines.erase(at, 4);
    return lines;
}

TEST(DraftedExample, ServesTheApplicationThatItIsFor) {
    const TemporaryFolder folder;
    const std::string example = folder / "example";
    fs::copy(fs::path(built("lockstep")).parent_path().parent_path() / "example", example,
             fs::copy_options::recursive);
    fs::remove_all(example + "/migrations");
    write_file(example + "/decisions.toml",
               readme_lines("dropped_columns = [\"patient.full_name\"]", "\"patient.family_name\""));
    const Ran drafted = run({built("lockstep"), "draft", "samples/clinic-1.0.0.db", "samples/clinic-1.1.0.db",
                             "-o", "migrations/1.1.0", "--decisions", "decisions.toml"},
                            example);
    ASSERT_EQ(drafted.code, 0) << drafted.err;
    EXPECT_NE(drafted.err.find("no decisions open."), std::string::npos) << drafted.err;
    EXPECT_EQ(drafted.out,
              "changed_columns = [\"patient.status\"]\n"
              "dropped_columns = [\"patient.full_name\"]\n"
              "moved_columns = { \"patient.phone\" = \"patient_contact.phone\", \"patient.village_id\" = "
              "\"patient.settlement_id\", \"visit.day\" = \"visit.visited_on\" }\n"
              "renamed_tables = { village = \"settlement\" }\n");

    std::string release = read_file(example + "/release.toml");
    const std::size_t begin = release.find("renamed_tables");
    release.replace(begin, release.find("health") - begin, drafted.out);
    write_file(example + "/release.toml", release);
    const Ran rehearsed = run({built("lockstep"), "rehearse", "release.toml"}, example);
    EXPECT_EQ(rehearsed.code, 0) << rehearsed.err;
}

} // namespace
} // namespace lockstep
