// What recovery decides where somebody wrote meanwhile, and where the ledger can't tell.
#include "tests/support/engine.h"
#include "tests/support/other_user.h"
#include "tests/support/sqlite_shell.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class Decision : public ::testing::Test {
  protected:
    // Killed between the last rename and the commit: everything new is in place, the gate is on.
    std::string killed_before_commit() {
        const auto calls =
            calls_of(run_engine(shop_.engine(EngineCommand::update, shop_.fresh()), [](HookedFiles&) {}));
        const auto off = std::find_if(calls.rbegin(), calls.rend(), [](const SeamCall& call) {
            return call.name == "exchange" && call.path.ends_with("/app");
        });
        if (off == calls.rend()) throw std::runtime_error("the gate never went off");
        const std::string root = shop_.fresh();
        const Ran ran =
            run_engine(shop_.engine(EngineCommand::update, root), kill_at(off->number - 1, Side::after));
        EXPECT_EQ(ran.code, killed);
        EXPECT_EQ(read_file(root + "/lib/changed.txt"), "new in 1.1.0\n");
        EXPECT_EQ(read_file(root + "/app"), read_file(built("gate")));
        return root;
    }
    // The old register, moved aside.
    static std::string old_register(const std::string& root) {
        return root + "/.lockstep/work/1/slots/main.db";
    }
    void expect_needs_person(const std::string& root, const std::string& words) {
        const Tree before = tree_of(root, true);
        for (int again = 0; again < 2; ++again) {
            const Ran recovered = shop_.recover(root);
            EXPECT_EQ(recovered.code, 50) << recovered.err;
            EXPECT_NE(recovered.err.find(words), std::string::npos) << recovered.err;
            EXPECT_NE(recovered.err.find("Everything is kept"), std::string::npos) << recovered.err;
            EXPECT_EQ(differences(before, tree_of(root, true)), "") << "everything is kept, the gate is on";
        }
        EXPECT_EQ(shop_.apply(root).code, 50) << "no update goes on from there";
        EXPECT_EQ(shop_.workshop().update(root, {"rollback"}).code, 50);
        EXPECT_EQ(differences(before, tree_of(root, true)), "");
    }
    SwapWorkshop shop_;
};

// SQLite opens such a ledger for reading, in silence: the outcome could not be written at the end.
TEST_F(Decision, WaitsForWhoeverMayWriteTheLedger) {
    NEEDS_ROOT();
    const ReadableFolder folder;
    const std::string root = folder / "field";
    fs::copy(killed_before_commit(), root, fs::copy_options::recursive);
    give_to_nobody(root);
    ASSERT_EQ(run({"chown", "root:", root + "/.lockstep/ledger.db"}).code, 0);
    const Tree before = tree_of(root, true);
    const Ran refused = as_nobody({built("update"), "--root", root, "recover"});
    EXPECT_EQ(refused.code, 12) << refused.err;
    EXPECT_NE(refused.err.find("/.lockstep/ledger.db: it could be opened for reading only"),
              std::string::npos)
        << refused.err;
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    give_to_nobody(root);
    EXPECT_EQ(as_nobody({built("update"), "--root", root, "recover"}).code, 0);
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), read_file(shop_.fresh() + "/lib/changed.txt"));
}

TEST_F(Decision, NothingWrittenGoesBack) {
    const std::string root = killed_before_commit();
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0);
    EXPECT_NE((recovered.out + recovered.err).find("was undone; version 1.0.0 is as it was."),
              std::string::npos)
        << recovered.out << recovered.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
}

TEST_F(Decision, AWriteIntoTheNewDatabaseGoesForwardAndIsKept) {
    const std::string root = killed_before_commit();
    sqlite(root + "/data/register.db", "INSERT INTO place(id,name) VALUES(99,'written')");
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_NE((recovered.out + recovered.err).find("was completed."), std::string::npos)
        << recovered.out << recovered.err;
    EXPECT_EQ(sqlite(root + "/data/register.db", "SELECT name FROM place WHERE id=99"), "written\n");
    Tree now = tree_of(root);
    Tree expected = shop_.new_tree();
    now.erase("data/register.db"), expected.erase("data/register.db");
    EXPECT_EQ(differences(expected, now), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    EXPECT_EQ(shop_.workshop().update(root, {"status"}).out.find("register 1.1.0 in "), 0U);
}

TEST_F(Decision, WritesIntoBothNeedAPersonAndEverythingIsKept) {
    const std::string root = killed_before_commit();
    sqlite(root + "/data/register.db", "INSERT INTO place(id,name) VALUES(99,'into the new one')");
    sqlite(old_register(root), "INSERT INTO place(id,name) VALUES(98,'into the old one')");
    expect_needs_person(root, "other programs wrote to both");
}

TEST_F(Decision, AnOldDatabaseThatIsStillOpenIsWaitedForBeforeGoingForward) {
    const std::string root = killed_before_commit();
    sqlite(root + "/data/register.db", "INSERT INTO place(id,name) VALUES(99,'into the new one')");
    SqliteShell shell(old_register(root)); // as one that waited to open it when the update was killed
    EXPECT_EQ(shell.run("SELECT count(*) FROM person;"), "50\n");
    const Ran busy = shop_.recover(root);
    EXPECT_EQ(busy.code, 13) << busy.err;
    EXPECT_NE(busy.err.find("it is in use by sqlite3 ("), std::string::npos) << busy.err;
    EXPECT_EQ(shell.run("INSERT INTO place(id,name) VALUES(98,'into the old one');"), "");
    shell.quit();
    expect_needs_person(root, "other programs wrote to both");
}

TEST_F(Decision, AWriteIntoANewDatabaseThatWasPutBackAlreadyGoesForwardAndIsKept) {
    const std::string root = killed_before_commit();
    EXPECT_EQ(run_engine(shop_.engine(EngineCommand::recover, root),
                         [](HookedFiles& files) {
                             files.after = [](const SeamCall& call) {
                                 if (call.name == "exchange" && call.path.ends_with("/data/register.db"))
                                     ::_exit(killed);
                             };
                         })
                  .code,
              killed);
    const std::string put_back = old_register(root); // the slot holds the new one again
    sqlite(put_back, "INSERT INTO place(id,name) VALUES(99,'written')");
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_NE((recovered.out + recovered.err).find("was completed."), std::string::npos)
        << recovered.out << recovered.err;
    EXPECT_EQ(sqlite(root + "/data/register.db", "SELECT name FROM place WHERE id=99"), "written\n");
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), "new in 1.1.0\n");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(Decision, WhoeverOpensAnOldDatabaseWhileRecoveryGoesForwardIsWaitedFor) {
    const std::string root = shop_.fresh();
    run_engine(shop_.engine(EngineCommand::update, root), [](HookedFiles& files) {
        files.after = [](const SeamCall& call) {
            if (call.name == "exchange" && call.path.ends_with("/data/register.db")) ::_exit(killed);
        };
    });
    sqlite(root + "/data/register.db", "INSERT INTO place(id,name) VALUES(99,'written')");
    SqliteShell shell(":memory:");
    const Ran busy = run_engine(shop_.engine(EngineCommand::recover, root), [&](HookedFiles& files) {
        files.before = [&](const SeamCall& call) {
            if (call.name != "exchange" || !call.path.ends_with("/data/log.db")) return;
            shell.send(".open " + call.path + "\nSELECT count(*) FROM entry;");
            static_cast<void>(shell.has_answer(500)); // it waits for the lease
        };
    });
    EXPECT_EQ(busy.code, 13) << busy.err;
    shell.answer();
    shell.quit();
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(sqlite(root + "/data/register.db", "SELECT name FROM place WHERE id=99"), "written\n");
    EXPECT_EQ(sqlite(root + "/data/log.db", "SELECT count(author) FROM entry"), "0\n");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(Decision, ALedgerThatIsNoDatabaseNeedsAPerson) {
    const std::string root = killed_before_commit();
    write_file(root + "/.lockstep/ledger.db", std::string(8192, 'x'));
    expect_needs_person(root, "ledger.db");
}

TEST_F(Decision, ADamagedLedgerNeedsAPerson) {
    const std::string root = killed_before_commit();
    const std::string ledger = root + "/.lockstep/ledger.db";
    fs::remove(ledger + "-journal");
    std::string bytes = read_file(ledger);
    bytes.replace(4096, bytes.size() - 4096, bytes.size() - 4096, 'x'); // every page but the first
    write_file(ledger, bytes);
    expect_needs_person(root, "ledger.db");
}

TEST_F(Decision, AnEmptyLedgerBesideAWorkAreaNeedsAPerson) {
    const std::string root = killed_before_commit();
    fs::remove(root + "/.lockstep/ledger.db-journal");
    fs::remove(root + "/.lockstep/ledger.db");
    expect_needs_person(root, "ledger.db");
}

TEST_F(Decision, AFileThatIsNowhereNeedsAPerson) {
    const std::string root = killed_before_commit();
    fs::remove(old_register(root));
    expect_needs_person(root, "the file that belongs there is neither there nor in");
}

TEST_F(Decision, AnOpenDatabaseIsBusyAndEverythingStays) {
    const std::string root = killed_before_commit();
    const Tree before = tree_of(root, true);
    const Ran recovered = run({"sh", "-c", "exec 9<\"$1\"; \"$2\" --root \"$3\" recover", "sh",
                               root + "/data/register.db", built("update"), root});
    EXPECT_EQ(recovered.code, 13) << recovered.err;
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    EXPECT_EQ(shop_.recover(root).code, 0);
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
}

} // namespace
} // namespace lockstep
