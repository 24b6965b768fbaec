// A command line that names what can't be used is told so before anything begins, with exit code 2; a ledger
// that can't be read needs a person. What was named stays as it was.
#include "tests/support/attempt.h"
#include "tests/support/installation.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void expect_log_refused(const std::string& log, const std::string& cause) {
    const Installation field;
    field.expect_untouched(field.apply({"--log", log}), 2, {cause});
}

TEST(CommandRefusal, ALogThatCantBeOpened) {
    TemporaryFolder desk;
    expect_log_refused(desk.path(), desk.path() + ": it is a folder");
    expect_log_refused(desk / "missing/update.log", desk / "missing" + ": there is no such file or folder");
    EXPECT_TRUE(fs::is_empty(desk.path()));
}

TEST(CommandRefusal, ALogThatWouldSpoilWhatItNames) {
    TemporaryFolder desk;
    const std::string bundle = desk / "copy.bundle";
    fs::copy_file(common_bundle(), bundle);
    expect_log_refused(bundle, bundle + ": it is a bundle");
    EXPECT_EQ(read_file(bundle), read_file(common_bundle()));
    Installation field;
    field.expect_untouched(field.apply({"--log", field.database()}), 2,
                           {field.database() + ": it is a database"});
    field.expect_updated(field.apply());
    field.remember();
    for (const std::string name : {".lockstep/ledger.db", ".lockstep/trust/trust.json", ".lockstep/new.log"})
        field.expect_untouched(field.update({"rollback", "--log", field / name}), 2,
                               {"Lockstep keeps its own state there"});
    EXPECT_EQ(field.update({"rollback", "--log", desk / "plain.log"}).code, 0);
    EXPECT_NE(read_file(desk / "plain.log").find("taken back"), std::string::npos);
}

TEST(CommandRefusal, ASupportFileThatExists) {
    const Installation field;
    TemporaryFolder desk;
    write_file(desk / "letter.txt", "Dear colleagues\n");
    field.expect_untouched(field.update({"support", desk / "letter.txt"}), 2,
                           {desk / "letter.txt" + ": it exists already"});
    EXPECT_EQ(read_file(desk / "letter.txt"), "Dear colleagues\n");
}

TEST(CommandRefusal, APrivateKeyToTrust) {
    const Installation field;
    const std::string key = common_workshop() / "key.key";
    field.expect_untouched(field.update({"--bundle", common_bundle(), "--trust", key}), 2,
                           {key + ": it is a private key", "KEY.pub"});
}

TEST(CommandRefusal, ARootThatIsAFile) {
    const Installation field;
    const std::string file = field / "settings.ini";
    write_file(file, "language = da\n");
    const Ran ran = common_workshop().update(file, {"status"});
    EXPECT_EQ(ran.code, 2) << ran.out;
    expect_says(ran.err, file + ": it is not a folder");
}

TEST(CommandRefusal, StatusOfALedgerThatCantBeRead) {
    Installation field;
    field.expect_updated(field.apply());
    write_file(field / ".lockstep/ledger.db", std::string(20000, 'x'));
    field.remember();
    for (const std::string command : {"status", "history"})
        field.expect_untouched(field.update({command}), 50, {"ledger.db", "ask whoever made the update"});
}

} // namespace
} // namespace lockstep
