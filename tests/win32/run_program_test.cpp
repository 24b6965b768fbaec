#include "tests/support/temporary_folder.h"
#include "updater/process.h"
#include "win32/command_words.h"
#include "win32/text.h"

#include <chrono>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

const std::string shell = "C:/windows/system32/cmd.exe";

ProgramResult run_words(
    std::vector<std::string> words, const std::string& folder, int timeout_s = 60,
    const std::function<bool()>& cancelled = [] { return false; }) {
    return run_program({std::move(words), folder, timeout_s, 0, 0}, cancelled);
}

TEST(RunProgramOnWindows, GivesExitCodeAndOutput) {
    const TemporaryFolder folder;
    const ProgramResult result = run_words({shell, "/c", "echo out&echo err>&2&cd&exit 7"}, folder.path());
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_FALSE(result.timed_out);
    EXPECT_NE(result.output.find("out"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("err"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("lockstep-test-"), std::string::npos) << result.output;
}

TEST(RunProgramOnWindows, SaysWhatCouldNotBeStarted) {
    const std::string message = message_of<Error>([] { run_words({"C:/no/such/program.exe"}, "C:/"); });
    EXPECT_EQ(message.find("Could not start C:/no/such/program.exe: "), 0U) << message;
}

TEST(RunProgramOnWindows, EndsItWithItsChildrenAtTheTimeoutAndWhenCancelled) {
    const TemporaryFolder folder;
    const std::vector<std::string> waiting{shell, "/c", "ping -n 300 127.0.0.1"};
    const ProgramResult late = run_words(waiting, folder.path(), 1);
    EXPECT_TRUE(late.timed_out);
    EXPECT_EQ(late.exit_code, 137);
    const ProgramResult stopped = run_words(waiting, folder.path(), 300, [] { return true; });
    EXPECT_FALSE(stopped.timed_out);
    EXPECT_EQ(stopped.exit_code, 137);
}

TEST(ProcessOnWindows, KnowsItselfAndTheTime) {
    EXPECT_EQ(name_of(own_executable()), "seam_tests.exe");
    EXPECT_EQ(utc_now().size(), std::string("2026-01-31T12:34:56Z").size());
    EXPECT_EQ(names_of({{1, "clinic (1)"}, {2, "sqlite3 (2)"}}), "clinic (1), sqlite3 (2)");
    EXPECT_FALSE(working_folder().empty());
}

TEST(CommandWords, AreQuotedAsWindowsReadsThem) {
    EXPECT_EQ(narrow(command_line_of({"a.exe", "plain", "two words", "", R"(a"b)", R"(end\)", R"(sp ace\)"})),
              R"(a.exe plain "two words" "" "a\"b" end\ "sp ace\\")");
}

TEST(TextOnWindows, GoesThereAndBack) {
    const std::string text = "Ñandú 李 \xF0\x9F\x90\xA6";
    EXPECT_EQ(narrow(wide(text)), text);
    EXPECT_NE(message_of<Error>([] { wide("\xff"); }), "");
    EXPECT_EQ(narrow(system_path(std::string("C:/a/../b"))), R"(\\?\C:\b)");
    EXPECT_EQ(narrow(system_path(std::string("//server/share/x"))), R"(\\?\UNC\server\share\x)");
    EXPECT_EQ(plain_path(LR"(\\?\UNC\server\share\x)"), "//server/share/x");
    EXPECT_EQ(plain_path(LR"(\\?\C:\b)"), "C:/b");
    EXPECT_EQ(parent_of("C:/b"), "C:/");
    EXPECT_EQ(parent_of("C:/"), "C:/");
    EXPECT_TRUE(is_absolute("C:/b"));
    EXPECT_TRUE(is_absolute("//server/share"));
    EXPECT_FALSE(is_absolute("C:b"));
}

} // namespace
} // namespace lockstep
