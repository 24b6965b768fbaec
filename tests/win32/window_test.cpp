// The real window with an engine that only says where it is: what it answers, and what can be pressed, when.
#include "tests/win32/own_desktop.h"
#include "updater/process.h"
#include "win32/cancel.h"
#include "win32/window.h"
#include "win32/window_controls.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

namespace lockstep {
namespace {

HWND the_window() {
    return ::FindWindowW(L"LockstepUpdate", nullptr);
}

bool can_be_pressed(int control) {
    return ::IsWindowEnabled(::GetDlgItem(the_window(), control)) != 0;
}

bool asks_to_shut_down() {
    return ::SendMessageW(the_window(), WM_QUERYENDSESSION, 0, 0) != 0;
}

void no_shutdown_after_all() {
    ::SendMessageW(the_window(), WM_ENDSESSION, FALSE, 0);
}

// The user, who closes the window once it says how it ended.
class Closer {
  public:
    Closer()
        : thread_([] {
              enter_own_desktop();
              while (::IsWindowVisible(::GetDlgItem(the_window(), control::log)) == 0) ::Sleep(10);
              ::PostMessageW(the_window(), WM_CLOSE, 0, 0);
          }) {}
    ~Closer() { thread_.join(); }
    Closer(const Closer&) = delete;
    Closer& operator=(const Closer&) = delete;

  private:
    std::thread thread_;
};

class UpdateWindow : public testing::Test {
  protected:
    void SetUp() override {
        const char* const display = std::getenv("DISPLAY");
        if (!display || !*display) GTEST_SKIP() << "there is no display";
        enter_own_desktop();
    }
    void TearDown() override { ask_to_cancel(false); }
    static int run_and_close(const std::function<void(Progress&)>& steps) {
        const Closer closer;
        return run_in_window([&](Display& window) {
            enter_own_desktop();
            const auto progress = window.progress(nullptr);
            steps(*progress);
            window.ended({});
            return 3;
        });
    }
};

TEST_F(UpdateWindow, RefusesAShutdownAndACancelInTheSwapAndOnlyThere) {
    std::vector<bool> shutdown;
    std::vector<bool> cancel;
    const int code = run_and_close([&](Progress& progress) {
        for (const char* const phase : {"migrate", "swap", "retire"}) {
            progress.begin(phase);
            shutdown.push_back(asks_to_shut_down());
            no_shutdown_after_all();
            cancel.push_back(can_be_pressed(control::close));
        }
        ::SendMessageW(the_window(), WM_COMMAND, control::close, 0);
    });
    EXPECT_EQ(code, 3);
    EXPECT_EQ(shutdown, (std::vector<bool>{true, false, true}));
    EXPECT_EQ(cancel, (std::vector<bool>{true, false, false}));
    EXPECT_FALSE(cancel_requested()) << "a click that comes in the swap asks for nothing";
}

TEST_F(UpdateWindow, BeginsNoSwapWhileWindowsIsShuttingDown) {
    bool before = true;
    bool then = false;
    run_and_close([&](Progress& progress) {
        progress.begin("migrate");
        EXPECT_TRUE(asks_to_shut_down());
        before = cancel_requested();
        progress.begin("swap");
        then = cancel_requested();
    });
    EXPECT_FALSE(before) << "another program may still refuse";
    EXPECT_TRUE(then);
}

TEST_F(UpdateWindow, StopsWhereCancelIsPressedAndDoesSoOnce) {
    bool asked = false;
    bool again = true;
    run_and_close([&](Progress& progress) {
        progress.begin("migrate");
        ::SendMessageW(the_window(), WM_COMMAND, control::close, 0);
        asked = cancel_requested();
        again = can_be_pressed(control::close);
    });
    EXPECT_TRUE(asked);
    EXPECT_FALSE(again);
}

} // namespace
} // namespace lockstep
