#include "tests/support/temporary_folder.h"
#include "updater/file_system.h"
#include "updater/posix_battery.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class Battery : public testing::Test {
  protected:
    void supply(const std::string& name, const std::vector<std::pair<std::string, std::string>>& values) {
        system_files().make_folder(folder / name, 0755);
        for (const auto& [key, value] : values)
            write_durably(system_files(), joined(folder / name, key), value + "\n", 0644);
    }
    TemporaryFolder folder;
};

TEST_F(Battery, CountsWhereItRunsDown) {
    supply("AC", {{"type", "Mains"}, {"online", "0"}});
    supply("BAT0", {{"type", "Battery"}, {"status", "Discharging"}, {"capacity", "62"}});
    supply("BAT1", {{"type", "Battery"}, {"status", "Discharging"}, {"capacity", "35"}});
    supply("mouse", {{"type", "Battery"}, {"scope", "Device"}, {"status", "Discharging"}, {"capacity", "5"}});
    EXPECT_EQ(battery_percent_in(folder.path()), 35);
}

TEST_F(Battery, IsNothingWhereItChargesOrIsMissing) {
    EXPECT_EQ(battery_percent_in(folder.path()), std::nullopt);
    EXPECT_EQ(battery_percent_in(folder / "absent"), std::nullopt);
    supply("BAT0", {{"type", "Battery"}, {"status", "Charging"}, {"capacity", "5"}});
    EXPECT_EQ(battery_percent_in(folder.path()), std::nullopt);
}

} // namespace
} // namespace lockstep
