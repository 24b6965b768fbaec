// The window of a double-click, at each stage and in each language, under Wine. Its pictures are kept in
// build/screenshots, for people to look at.
#include "tests/support/attempt.h"
#include "tests/support/windows_screen.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// win32/window_controls.h
constexpr int headline = 101;
constexpr int activity = 103;
constexpr int data = 106;
constexpr int advice = 107;
constexpr int details = 109;
constexpr int log_button = 110;
constexpr int retry_button = 111;
constexpr int close_button = 2; // Cancel, then Close
constexpr int escape = 27;      // virtual keys

struct Words {
    std::string locale;
    std::string title;
    std::string versions;
    std::string migrating;
    std::string cancel;
    std::string cancelled;
    std::string as_it_was;
    std::string failed;
    std::string updated;
};

const Words english{"C",
                    "Update of clinic",
                    "From version 1.0.0 to version 1.1.0",
                    "Updating a copy of your data",
                    "Cancel",
                    "The update was cancelled.",
                    "Your data and the application are exactly as they were.",
                    "Your data could not be converted.",
                    "clinic was updated from version 1.0.0 to 1.1.0."};
const Words french{"fr_FR",
                   "Mise à jour de clinic",
                   "De la version 1.0.0 à la version 1.1.0",
                   "Mise à jour d'une copie de vos données",
                   "Annuler",
                   "La mise à jour a été annulée.",
                   "Vos données et l'application sont exactement comme avant.",
                   "Vos données n'ont pas pu être converties.",
                   "clinic a été mis à jour de la version 1.0.0 à la version 1.1.0."};
const Words spanish{"es_ES",
                    "Actualización de clinic",
                    "De la versión 1.0.0 a la versión 1.1.0",
                    "Actualizando una copia de sus datos",
                    "Cancelar",
                    "La actualización se canceló.",
                    "Sus datos y la aplicación están exactamente como antes.",
                    "No se pudieron convertir sus datos.",
                    "clinic se actualizó de la versión 1.0.0 a la 1.1.0."};

class WindowsWindow : public testing::Test {
  protected:
    void SetUp() override {
        if (const std::string why = why_no_screen(); !why.empty()) GTEST_SKIP() << why;
        desk = std::make_unique<WindowsDesk>();
        root = desk->install("field");
        before = tree_of(root);
    }
    void open(const Words& words, const std::string& update) {
        screen = std::make_unique<WindowsScreen>(*desk, words.locale);
        process = screen->start(update, {"--root", desk->on_c(root)});
    }
    // What the window shows once that control holds these words.
    std::string shown(int control, const std::string& words) const {
        return screen->drive({"wait", process, std::to_string(control), words});
    }
    // Its migration takes for ever where a patient is called Slow.
    std::string endless_update() const {
        const std::string script = (*desk) / "migrations/1.1.0/all.sql";
        write_file(script,
                   read_file(script) +
                       "WITH RECURSIVE step(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM step LIMIT (SELECT "
                       "iif(count(*) = 0, 1, 1000000000000) FROM patient WHERE given_name = 'Slow'))\n"
                       "SELECT require(count(*) > 0, 'there is a step') FROM step;\n");
        return desk->wrapped("release.toml");
    }
    void use_endless_data() {
        desk->clinic(root, {"add", "Slow Patient", "Valsør"});
        before = tree_of(root);
    }

    std::unique_ptr<WindowsDesk> desk;
    std::unique_ptr<WindowsScreen> screen;
    std::string root;
    std::string process;
    Tree before;
};

class WindowsWindowIn : public WindowsWindow, public testing::WithParamInterface<Words> {};

TEST_P(WindowsWindowIn, ShowsHowFarItIsAndCancelsWithNothingChanged) {
    const Words& words = GetParam();
    const std::string update = endless_update();
    use_endless_data();
    open(words, update);
    shown(headline, "");
    screen->picture("window-" + words.locale + "-start");
    const std::string halfway = shown(activity, words.migrating);
    screen->picture("window-" + words.locale + "-halfway");
    expect_says(halfway, words.title + "\n");
    expect_says(halfway, "102 enabled " + words.versions + "\n");
    expect_says(halfway, "2 enabled " + words.cancel + "\n");
    screen->drive({"key", process, std::to_string(escape)});
    const std::string ended = shown(data, words.as_it_was);
    screen->picture("window-" + words.locale + "-cancelled");
    expect_says(ended, "101 enabled " + words.cancelled + "\n");
    EXPECT_EQ(ended.find("109 "), std::string::npos) << "who cancelled it knows why:\n" << ended;
    EXPECT_EQ(screen->end(process, close_button), 130);
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

TEST_P(WindowsWindowIn, SaysPlainlyThatTheMigrationFailed) {
    const Words& words = GetParam();
    desk->clinic(root, {"add", "Ana Ñandú", "Valsør"});
    desk->clinic(root, {"add", "Ana Ñandú", "Valsør"});
    before = tree_of(root);
    open(words, desk->wrapped("release-failing.toml"));
    const std::string ended = shown(details, "UNIQUE constraint failed");
    screen->picture("window-" + words.locale + "-failed");
    expect_says(ended, "101 enabled " + words.failed + "\n");
    expect_says(ended, "106 enabled " + words.as_it_was + "\n");
    EXPECT_EQ(ended.find("111 "), std::string::npos) << "trying again would not help:\n" << ended;
    EXPECT_EQ(screen->end(process, close_button), 20);
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

TEST_P(WindowsWindowIn, SaysPlainlyThatItSucceededAndOpensTheLog) {
    const Words& words = GetParam();
    open(words, desk->wrapped("release.toml"));
    const std::string ended = shown(activity, words.updated);
    screen->picture("window-" + words.locale + "-updated");
    EXPECT_EQ(ended.find("109 "), std::string::npos) << "nobody needs details:\n" << ended;
    screen->drive({"press", process, std::to_string(log_button)});
    screen->drive({"title", process, "lockstep-update-"});
    EXPECT_EQ(screen->end(process, close_button), 0);
    EXPECT_EQ(desk->clinic(root, {"--version"}).out, "1.1.0\n");
    EXPECT_EQ(desk->clinic(root, {"--self-test"}).out, "clinic 1.1.0: the register is sound\n");
}

TEST_P(WindowsWindowIn, NamesWhoUsesTheRegisterAndTriesAgain) {
    const Words& words = GetParam();
    const std::string update = desk->wrapped("release.toml");
    const std::string told = root + "-told";
    std::thread application([&] {
        desk->run_windows({"cmd", "/c", "clinic.exe hold 25 > ..\\field-told"}, root);
    });
    while (!fs::exists(told) || fs::is_empty(told)) std::this_thread::yield();
    open(words, update);
    const std::string busy = shown(details, "clinic.exe (");
    screen->picture("window-" + words.locale + "-busy");
    expect_says(busy, "111 enabled ");
    EXPECT_EQ(differences(before, tree_of(root)), "");
    application.join();
    screen->drive({"press", process, std::to_string(retry_button)});
    shown(activity, words.updated);
    EXPECT_EQ(screen->end(process, close_button), 0);
    EXPECT_EQ(desk->clinic(root, {"--version"}).out, "1.1.0\n");
}

TEST_F(WindowsWindow, IsNeverOpenedWhereNobodyAskedForOne) {
    const std::string update = desk->wrapped("release.toml");
    screen = std::make_unique<WindowsScreen>(*desk);
    const std::string at = desk->on_c(root);
    EXPECT_EQ(screen->run_without_window(update, {"--root", at, "check"}).code, 0);
    EXPECT_EQ(screen->run_without_window(update, {"--root", at, "--json"}).code, 0);
    EXPECT_EQ(screen->run_without_window(update, {"--root", at, "rollback"}).code, 0);
    const Ran silent = screen->run_without_window(update, {"--root", at, "--silent"});
    EXPECT_EQ(silent.code, 0) << silent.out;
    EXPECT_EQ(desk->clinic(root, {"--version"}).out, "1.1.0\n");
}

TEST_F(WindowsWindow, RefusesAShutdownInTheSwapAndOnlyThere) {
    screen = std::make_unique<WindowsScreen>(*desk);
    const Ran ran =
        screen->run_program({built_for_windows("seam_tests.exe"), "--gtest_filter=UpdateWindow.*"});
    EXPECT_EQ(ran.code, 0) << ran.out;
    EXPECT_NE(ran.out.find("[  PASSED  ] 3 tests."), std::string::npos) << ran.out;
}

TEST_F(WindowsWindow, LetsWindowsShutDownBeforeTheSwapAndThenChangesNothing) {
    const std::string update = endless_update();
    use_endless_data();
    open(english, update);
    shown(activity, english.migrating);
    EXPECT_EQ(screen->drive({"query", process}), "1\n");
    screen->drive({"press", process, std::to_string(close_button)});
    shown(advice, "Start the update again when it suits you.");
    EXPECT_EQ(screen->end(process, close_button), 130);
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

INSTANTIATE_TEST_SUITE_P(Each, WindowsWindowIn, testing::Values(english, french, spanish),
                         [](const auto& each) { return each.param.locale; });

} // namespace
} // namespace lockstep
