// What systemd and cron are told, read by systemd's own program.
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"
#include "updater/posix_scheduler_text.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

DailyRun daily() {
    return {"lockstep-1a2b3c", {"/bin/true", "--root", "/opt/l'été \"100%\" $HOME\\x"}, "/opt", "07:05"};
}

TEST(SystemdUnits, AreWhatSystemdReads) {
    if (run({"systemd-analyze", "--version"}).code != 0) GTEST_SKIP() << "there is no systemd-analyze here";
    const TemporaryFolder folder;
    write_file(folder / "lockstep-1a2b3c.service", systemd_service(daily()));
    write_file(folder / "lockstep-1a2b3c.timer", systemd_timer(daily()));
    const Ran ran = run({"systemd-analyze", "verify", folder / "lockstep-1a2b3c.timer"});
    EXPECT_EQ(ran.out + ran.err, "");
    EXPECT_EQ(ran.code, 0);
    EXPECT_NE(systemd_timer(daily()).find("OnCalendar=*-*-* 07:05:00\nPersistent=true\nOnStartupSec=2min\n"),
              std::string::npos);
    EXPECT_NE(
        systemd_service(daily()).find(R"(ExecStart="/bin/true" "--root" "/opt/l'été \"100%%\" $$HOME\\x")"),
        std::string::npos)
        << systemd_service(daily());
}

TEST(SystemdUnits, ForTheNextStartAreWhatSystemdReads) {
    if (run({"systemd-analyze", "--version"}).code != 0) GTEST_SKIP() << "there is no systemd-analyze here";
    const TemporaryFolder folder;
    const BootRun recovery{daily().name, daily().argv};
    write_file(folder / "lockstep-1a2b3c.service", systemd_boot_service(recovery));
    fs::create_directories(folder / "try.target.d");
    write_file(folder / "try.target", "[Unit]\nDescription=a target\n");
    write_file(folder / "try.target.d/lockstep-1a2b3c.conf", systemd_wants(recovery.name));
    const Ran ran = run({"systemd-analyze", "verify", folder / "try.target"});
    EXPECT_EQ(ran.out + ran.err, "");
    EXPECT_EQ(ran.code, 0);
}

TEST(CronFile, RunsOnceAtTheNextStartAsTheAdministrator) {
    EXPECT_NE(cron_boot_line({"n", daily().argv})
                  .find("\n@reboot root '/bin/true' '--root' '/opt/l'\\''été \"100\\%\" $HOME\\x'\n"),
              std::string::npos)
        << cron_boot_line({"n", daily().argv});
}

TEST(CrontabText, IsTakenOutAgainToTheByte) {
    const std::string before = "# mine\n\nMAILTO=ana\n1 1 * * * backup # lockstep-1a2b3\n";
    EXPECT_EQ(crontab_without(before + crontab_lines(daily()), daily().name), before);
}

TEST(CrontabText, QuotesForTheShell) {
    const std::string lines = crontab_lines(daily());
    EXPECT_NE(
        lines.find(
            "\n5 7 * * * '/bin/true' '--root' '/opt/l'\\''été \"100\\%\" $HOME\\x' # lockstep-1a2b3c\n"),
        std::string::npos)
        << lines;
}

TEST(CrontabText, RefusesWhatNoLineCanHold) {
    DailyRun run = daily();
    run.argv.emplace_back("two\nlines");
    EXPECT_NE(message_of<Error>([&] { crontab_lines(run); }).find("it has a control character"),
              std::string::npos);
    EXPECT_NE(message_of<Error>([&] { systemd_service(run); }).find("it has a control character"),
              std::string::npos);
}

} // namespace
} // namespace lockstep
