// Links planted in the install root, in the updater's own folders and in staging: before an update, and
// between any two of its steps. Nothing is written, changed or removed through one.
#include "tests/hostile/bounds.h"
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// One name of an installation moved away, with a link in its place that leads to a copy of it elsewhere.
struct Planted {
    std::string place;
    std::string away;

    std::string true_one() const { return away + "/true"; }
    std::string decoy() const { return away + "/decoy/it"; }
    std::string untouched() const { return away + "/untouched/it"; }

    void plant() const {
        fs::create_directories(away);
        fs::rename(place, true_one());
        if (!fs::exists(away + "/decoy")) name_alike();
        fs::create_symlink(decoy(), place);
    }
    // Before the update begins: databases that are being swapped can't be opened for a copy.
    void copy() const {
        if (!fs::exists(place)) return;
        for (const char* folder : {"/decoy", "/untouched"}) fs::create_directories(away + folder);
        for (const std::string& to : {decoy(), untouched()}) fs::copy(place, to, fs::copy_options::recursive);
    }
    // Other content under the same names.
    void name_alike() const {
        for (const std::string& to : {decoy(), untouched()}) {
            fs::create_directories(to);
            for (const auto& entry : fs::recursive_directory_iterator(true_one())) {
                const std::string path = to + "/" + fs::relative(entry.path(), true_one()).string();
                if (entry.is_directory())
                    fs::create_directories(path);
                else
                    write_file(path, "precious\n");
            }
        }
    }
    bool is_planted() const { return fs::exists(true_one()); }
    // What was done through the link.
    std::string harm() const {
        return differences(tree_of(away + "/untouched", true), tree_of(away + "/decoy", true));
    }
    // False where the link is gone, and another thing stands there or nothing.
    bool take_back() const {
        if (!fs::is_symlink(place)) return false;
        fs::remove(place);
        fs::rename(true_one(), place);
        return true;
    }
};

Planted planted_at(const std::string& root, const std::string& name, const std::string& away) {
    fs::remove_all(away);
    Planted planted{root + "/" + name, away};
    planted.copy();
    planted.plant();
    return planted;
}

TEST(PlantedLinks, InTheInstallationBeforeAnUpdate) {
    SwapWorkshop shop;
    SweepCount count("link planted before an update");
    for (const std::string name : {"app", "lib", "lib/changed.txt", "lib/removed.txt", "lib/same.txt", "data",
                                   "data/register.db", "data/log.db"}) {
        SCOPED_TRACE(name);
        const std::string root = shop.fresh();
        const Planted planted = planted_at(root, name, shop.workshop() / "away");
        expect_refused(root, 10, {"link", nothing_changed_words}, [&] { return shop.apply(root); });
        EXPECT_EQ(planted.harm(), "");
        ASSERT_TRUE(planted.take_back());
        EXPECT_EQ(differences(shop.old_tree(), tree_of(root)), "");
        count.tried();
    }
    EXPECT_EQ(count.points(), 8);
}

// A path that the release adds, where somebody has put a link.
TEST(PlantedLinks, WhereTheUpdateAddsAFile) {
    SwapWorkshop shop;
    SweepCount count("link planted before an update");
    const std::string elsewhere = shop.workshop() / "elsewhere";
    for (const std::string name : {"lib/added.txt", "new folder", "settings.ini"})
        for (const bool dangling : {true, false}) {
            SCOPED_TRACE(name + (dangling ? ", dangling" : ""));
            const std::string root = shop.fresh();
            fs::remove_all(elsewhere);
            if (!dangling) write_file(elsewhere + "/it/precious", "precious\n");
            fs::create_directories(elsewhere);
            const Tree before = tree_of(elsewhere);
            fs::create_symlink(elsewhere + "/it", root + "/" + name);
            const Tree whole = tree_of(root, true);
            const Ran ran = shop.apply(root);
            EXPECT_EQ(differences(before, tree_of(elsewhere)), "");
            if (name == "settings.ini") { // the user's own, of whatever kind: it is let be
                EXPECT_EQ(ran.code, 0) << ran.err;
                EXPECT_TRUE(fs::is_symlink(root + "/" + name));
            } else {
                EXPECT_EQ(ran.code, 10) << ran.err;
                EXPECT_EQ(differences(whole, tree_of(root, true)), "");
            }
            count.tried();
        }
    EXPECT_EQ(count.points(), 6);
}

// The updater's own folders and files: whoever can exchange them can do anything, but nothing elsewhere
// changes.
TEST(PlantedLinks, InTheUpdatersOwnFolder) {
    SwapWorkshop shop;
    SweepCount count("link planted before a rollback");
    for (const std::string name :
         {".lockstep", ".lockstep/ledger.db", ".lockstep/trust", ".lockstep/trust/trust.json",
          ".lockstep/work", ".lockstep/backups", ".lockstep/backups/1", ".lockstep/backups/1/slots",
          ".lockstep/backups/1/backup", ".lockstep/backups/1/manifest.json.zst", ".lockstep/update"})
        for (const bool rollback : {true, false}) {
            SCOPED_TRACE(name + (rollback ? ", rollback" : ", update"));
            const std::string root = shop.updated();
            const Planted planted = planted_at(root, name, shop.workshop() / "away");
            const Tree before = tree_of(root);
            const Ran ran = rollback ? shop.workshop().update(root, {"rollback"}) : shop.apply(root);
            EXPECT_EQ(planted.harm(), "") << ran.code << ran.err;
            EXPECT_EQ(ran.code == 0 ? "" : differences(before, tree_of(root)), "") << ran.code << ran.err;
            std::cout << name << (rollback ? " rollback: " : " update: ") << ran.code << '\n';
            count.tried();
        }
    EXPECT_EQ(count.points(), 22);
}

class PlantedLinksDuring : public testing::TestWithParam<std::string> {
  protected:
    void check(const Planted& planted, const std::string& root, const Ran& ran) {
        // SQLite opens the ledger's journal by its path, each time anew, and follows a link on it. Whoever
        // can exchange .lockstep itself owns the installation's folder, and could write to such a file
        // without us.
        const std::string journal = "it/ledger.db-journal differs\n";
        const std::string harm = planted.harm();
        EXPECT_TRUE(harm.empty() || (planted.place.ends_with("/.lockstep") && harm == journal))
            << harm << ran.code << ran.err;
        if (!planted.take_back()) {
            ++gone_;
            return;
        }
        // A folder of the new version, put back by whoever had taken it away: the update knows nothing of it.
        if (ran.code != 0 && planted.place.ends_with("/new folder") && fs::is_empty(planted.place))
            fs::remove(planted.place);
        const bool promised = ran.code == 1 || (ran.code >= 10 && ran.code < 50);
        EXPECT_EQ(promised ? differences(shop_.old_tree(), tree_of(root)) : "", "") << ran.code << ran.err;
        const Ran recovered = shop_.recover(root);
        EXPECT_EQ(recovered.code, 0) << recovered.err << "after " << ran.code << ran.err;
        const Tree now = tree_of(root);
        const bool is_new = ran.code == 0 || now == shop_.new_tree();
        EXPECT_EQ(differences(is_new ? shop_.new_tree() : shop_.old_tree(), now), "") << ran.code << ran.err;
    }

    SwapWorkshop shop_;
    int gone_ = 0;
};

TEST_P(PlantedLinksDuring, AnUpdate) {
    const std::string name = GetParam();
    const Ran whole = run_engine(shop_.engine(EngineCommand::update, shop_.fresh()), [](HookedFiles&) {});
    const auto calls = calls_of(whole);
    SweepCount count("link planted during an update");
    for (int at = 1; at <= static_cast<int>(calls.size()); at += stride(4)) {
        const std::string root = shop_.fresh();
        const Planted planted{root + "/" + name, shop_.workshop() / "away"};
        fs::remove_all(planted.away);
        planted.copy();
        // It runs in a process of its own, and tells by what it leaves whether there was something to
        // exchange.
        const Ran ran = run_engine(shop_.engine(EngineCommand::update, root), [&](HookedFiles& files) {
            files.before = [&, at](const SeamCall& call) {
                if (call.number == at && fs::exists(fs::symlink_status(planted.place))) planted.plant();
            };
        });
        if (!planted.is_planted()) continue;
        const SeamCall& call = calls[static_cast<std::size_t>(at) - 1];
        SCOPED_TRACE("before " + std::to_string(at) + " " + call.name + " " + call.path);
        check(planted, root, ran);
        count.tried();
        if (HasFailure()) return;
    }
    std::cout << gone_ << " links were gone at the end\n";
    EXPECT_GE(count.points(), 1);
}

INSTANTIATE_TEST_SUITE_P(In, PlantedLinksDuring,
                         testing::Values("lib", "data", "new folder", ".lockstep", ".lockstep/work",
                                         ".lockstep/work/1", ".lockstep/work/1/slots",
                                         ".lockstep/work/1/backup", ".lockstep/backups", ".lockstep/trust"));

} // namespace
} // namespace lockstep
