// `update schedule`: an installation that updates itself from a stick, and what a person is told of it.
#include "tests/support/attempt.h"
#include "tests/support/other_user.h"
#include "tests/support/refusal.h"
#include "tests/support/releases.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/file.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string kept_line = "5 5 * * * true '100\\%' # somebody else's";

// Tests run side by side, and the user has one crontab.
class OneAtATime {
  public:
    OneAtATime()
        : file_(::open((fs::temp_directory_path() / "lockstep-crontab.lock").c_str(),
                       O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        if (file_ < 0 || ::flock(file_, LOCK_EX) != 0) throw std::runtime_error("no lock for the crontab");
    }
    ~OneAtATime() { ::close(file_); }
    OneAtATime(const OneAtATime&) = delete;
    OneAtATime& operator=(const OneAtATime&) = delete;

  private:
    int file_;
};

// The crontab of the user nobody, whose installation it is; put back at the end.
class NobodysCrontab {
  public:
    NobodysCrontab() : before_(text()) { set(kept_line + "\n"); }
    ~NobodysCrontab() {
        try {
            before_.empty() ? static_cast<void>(as_nobody({"crontab", "-r"})) : set(before_);
        } catch (const std::exception& error) {
            ADD_FAILURE() << "the crontab of nobody was not put back: " << error.what();
        }
    }
    NobodysCrontab(const NobodysCrontab&) = delete;
    NobodysCrontab& operator=(const NobodysCrontab&) = delete;

    static std::string text() { return as_nobody({"crontab", "-l"}).out; }
    static std::vector<std::string> lines_with(const std::string& part) {
        std::istringstream lines(text());
        std::vector<std::string> found;
        for (std::string line; std::getline(lines, line);)
            if (line.find(part) != std::string::npos) found.push_back(line);
        return found;
    }
    // What cron starts at 07:30: by crontab(5) an escaped % is a %.
    static Ran run_as_cron() {
        const auto found = lines_with("30 7 * * * ");
        if (found.size() != 1) throw std::runtime_error("not one line of 07:30 in " + text());
        std::string command = found.front().substr(std::string("30 7 * * * ").size());
        for (std::size_t at = 0; (at = command.find("\\%", at)) != std::string::npos;) command.erase(at, 1);
        return as_nobody({"/bin/sh", "-c", command});
    }

  private:
    static void set(const std::string& text) {
        const ReadableFolder folder;
        write_file(folder / "crontab", text);
        fs::permissions(folder / "crontab", fs::perms(0644));
        if (as_nobody({"crontab", folder / "crontab"}).code != 0)
            throw std::runtime_error("no crontab can be written");
    }
    OneAtATime alone_;
    std::string before_;
};

class Scheduled : public ::testing::Test {
  protected:
    void SetUp() override {
        NEEDS_ROOT();
        if (fs::exists("/run/systemd/system")) GTEST_SKIP() << "systemd runs here, and cron is not asked";
        fs::create_directories(stick());
        give_to_nobody(field_.root());
        field_.remember();
    }
    std::string stick() const { return folder_ / "l'été 100%"; }
    Ran update(std::vector<std::string> words) const {
        words.insert(words.begin(), {built("update"), "--root", field_.root()});
        return as_nobody(words);
    }
    Ran schedule(std::vector<std::string> words = {}) const {
        words.insert(words.begin(), {"schedule", "--from", stick(), "--daily", "07:30"});
        return update(words);
    }
    std::string key() const { return common_workshop() / "key.pub"; }
    void put_on_stick(const std::string& bundle) const {
        fs::copy_file(bundle, stick() + "/new.bundle", fs::copy_options::overwrite_existing);
        fs::permissions(stick() + "/new.bundle", fs::perms(0644));
    }
    ReadableFolder folder_;
    Installation field_{folder_ / "field", "1.0.0", 50};
};

TEST_F(Scheduled, UpdatesFromTheStickByItself) {
    const NobodysCrontab crontab;
    field_.expect_untouched(schedule(), 11, {"nothing here says whose signature to accept"});
    EXPECT_EQ(crontab.text(), kept_line + "\n");

    const Ran scheduled = schedule({"--trust", key()});
    ASSERT_EQ(scheduled.code, 0) << scheduled.err;
    expect_says(scheduled.out, "daily at 07:30, and after each start of this computer, by cron");
    EXPECT_EQ(crontab.lines_with(kept_line).size(), 1U) << "another program's line is kept";
    EXPECT_EQ(crontab.lines_with("@reboot sleep").size(), 1U) << crontab.text();
    ASSERT_EQ(schedule({"--trust", key()}).code, 0);
    EXPECT_EQ(crontab.lines_with("30 7 * * *").size(), 1U) << "again is not twice";

    put_on_stick(common_bundle());
    const std::string people = field_.people();
    const Ran silent = crontab.run_as_cron();
    EXPECT_EQ(silent.out + silent.err, "");
    ASSERT_EQ(silent.code, 0);
    EXPECT_TRUE(fs::exists(field_ / "lib/added.txt"));
    EXPECT_EQ(field_.people(), people);
    const std::string status = update({"status"}).out;
    expect_says(status, "register 1.1.0 in ");
    expect_says(status, "Updates are looked for in " + stick() + " daily at 07:30");
    expect_says(status, "exit code 0. register was updated from version 1.0.0 to 1.1.0.");
    expect_says(read_file(field_ / ".lockstep/update.log"), "register was updated from version 1.0.0");
}

TEST_F(Scheduled, IsEndedAndLeavesNoLine) {
    const NobodysCrontab crontab;
    ASSERT_EQ(schedule({"--trust", key()}).code, 0);
    expect_says(update({"unschedule"}).out, "are no longer looked for by themselves");
    EXPECT_EQ(crontab.text(), kept_line + "\n");
    EXPECT_EQ(update({"status"}).out.find("looked for"), std::string::npos);
    const Ran again = update({"unschedule"});
    EXPECT_EQ(again.code, 0);
    expect_says(again.out, "No updates were scheduled for");
}

TEST_F(Scheduled, NeedsAFolderAndATime) {
    const NobodysCrontab crontab;
    field_.expect_untouched(update({"schedule", "--trust", key()}), 2,
                            {"no folder of bundles is named", "--from"});
    const Ran late = update({"schedule", "--from", stick(), "--daily", "25:00"});
    EXPECT_EQ(late.code, 2);
    expect_says(late.err, "25:00 is no time of the day, such as 13:30");
    EXPECT_EQ(crontab.text(), kept_line + "\n");
}

// Without a scheduler: any program may start it with --silent and --from.
TEST(Unattended, AFailureIsToldToTheNextPersonUntilAnUpdateSucceeds) {
    Workshop workshop;
    const std::string root = workshop.install("field");
    const std::string stick = workshop / "stick";
    fs::create_directories(stick);
    ASSERT_EQ(workshop.apply(root, workshop.bundle(workshop / "release-1.1.0.toml")).code, 0);
    const std::string good = workshop.bundle(workshop.release("1.2.0", {"1.1.0"}));
    const std::string release = workshop / "failing.toml";
    write_file(release, read_file(workshop.release("1.2.0", {"1.1.0"})));
    replace_in(release, "\"1.2.0\"\n", "\"1.2.1\"\n");
    fs::create_directories(workshop / "migrations/1.2.1");
    write_file(workshop / "migrations/1.2.1/all.sql",
               "SELECT require(count(*) < 40, 'too many people') FROM person;\n");
    fs::copy_file(workshop.bundle(release), stick + "/new.bundle");

    const auto unattended = [&] { return workshop.update(root, {"--from", stick, "--silent"}); };
    ASSERT_EQ(unattended().code, 20);
    ASSERT_EQ(unattended().code, 0) << "the bundle is held: there is nothing to apply";
    expect_says(workshop.update(root, {"status"}).out, "Last unattended run: ");
    const Ran told = workshop.update(root, {"--bundle", workshop / "nothing.bundle"});
    expect_says(told.err, "The last unattended update, on 2");
    expect_says(told.err, "did not succeed: Could not run");
    expect_says(told.err, "too many people");
    const Ran updated = workshop.update(root, {"--bundle", good});
    ASSERT_EQ(updated.code, 0) << updated.err;
    expect_says(updated.err, "The last unattended update");
    EXPECT_EQ(workshop.update(root, {"--bundle", good}).err.find("unattended"), std::string::npos);
    EXPECT_EQ(workshop.update(root, {"status"}).out.find("unattended"), std::string::npos);
}

TEST(SupportFile, SaysWhatHelpNeedsAndHoldsNoRecord) {
    const Installation field;
    ASSERT_EQ(field.apply().code, 0);
    const TemporaryFolder folder;
    const std::string file = folder / "support.txt";
    const Ran ran = field.update({"support", file});
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_says(ran.out, "Wrote " + file);
    const std::string text = read_file(file);
    for (const std::string& part : std::vector<std::string>{
             "== Versions\nupdate ", "== Ledger\nsound", "register 1.1.0 in " + field.root(), "1.1.0/all.sql",
             "bytes free", field.database() + "  ", "ledger.db  "})
        expect_says(text, part);
    EXPECT_EQ(text.find(field.sql("SELECT name FROM person LIMIT 1")), std::string::npos);
    const Ran again = field.update({"support", file});
    EXPECT_EQ(again.code, 2);
    expect_says(again.err, "it exists already");
}

TEST(SupportFile, IsWrittenThoughTheLedgerIsDamaged) {
    const Installation field;
    ASSERT_EQ(field.apply().code, 0);
    write_file(field / ".lockstep/ledger.db", "no database");
    const TemporaryFolder folder;
    ASSERT_EQ(field.update({"support", folder / "support.txt"}).code, 0);
    expect_says(read_file(folder / "support.txt"), "file is not a database");
}

} // namespace
} // namespace lockstep
