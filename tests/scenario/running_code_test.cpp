// The code while an update is under way: none of its programs may be running, declared as an entry point or
// not, and a file that somebody changes meanwhile is not replaced.
#include "tests/support/attempt.h"
#include "tests/support/background_program.h"
#include "tests/support/engine.h"
#include "tests/support/release_desk.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// bin/changed differs in 1.1.0, bin/removed isn't in it, bin/same stays: none is an entry point.
class RunningCode : public testing::Test {
  protected:
    RunningCode() {
        for (const std::string version : {"1.0.0", "1.1.0"})
            for (const std::string name : {"changed", "removed", "same"})
                if (version == "1.0.0" || name != "removed") make_program(version, name);
        root_ = workshop_.install("field");
        bundle_ = workshop_.bundle(desk_.release());
    }
    void make_program(const std::string& version, const std::string& name) const {
        const std::string path = workshop_ / ("app-" + version + "/bin/" + name);
        fs::create_directories(fs::path(path).parent_path());
        fs::copy_file("/bin/sleep", path);
        if (name != "same") write_file(path, read_file(path) + name + version, 0755);
    }
    static std::string described(const std::string& name, const BackgroundProgram& program) {
        return name + " (" + std::to_string(program.process()) + ")";
    }
    // The engine, and what another program does before the first of its calls that has this name.
    Ran while_it_runs(EngineCommand command, const std::string& call, const std::function<void()>& other) {
        const EngineRun engine{.command = command,
                               .root = root_,
                               .bundle = bundle_,
                               .key = workshop_ / "key.pub",
                               .executable = {}};
        return run_engine(engine, [&](HookedFiles& files) {
            files.before = [&, done = false](const SeamCall& made) mutable {
                if (made.name == call && !std::exchange(done, true)) other();
            };
        });
    }
    void expect_left_but_for(const Tree& before, const std::string& changed) const {
        Tree after = tree_of(root_);
        Tree rest = before;
        EXPECT_EQ(after.erase(changed) + rest.erase(changed), 2U);
        EXPECT_EQ(differences(rest, after), "");
    }

    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
    std::string root_;
    std::string bundle_;
};

TEST_F(RunningCode, AProgramThatIsNoEntryPointIsNamed) {
    for (const std::string name : {"changed", "removed", "same"}) {
        BackgroundProgram program({root_ + "/bin/" + name, "600"});
        for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"check"}})
            expect_refused(
                root_, 13,
                {"it is in use by " + described(name, program), "Close the application everywhere"},
                [&] { return workshop_.apply(root_, bundle_, words); });
    }
    EXPECT_EQ(workshop_.apply(root_, bundle_).code, 0);
}

TEST_F(RunningCode, ARollbackNamesItToo) {
    ASSERT_EQ(workshop_.apply(root_, bundle_).code, 0);
    for (const std::string name : {"changed", "same"}) {
        BackgroundProgram program({root_ + "/bin/" + name, "600"});
        expect_refused(root_, 13, {"it is in use by " + described(name, program)},
                       [&] { return workshop_.update(root_, {"rollback"}); });
    }
    EXPECT_EQ(workshop_.update(root_, {"rollback"}).code, 0);
}

TEST_F(RunningCode, OneThatIsStartedMeanwhileUndoesTheSwap) {
    const Tree before = tree_of(root_);
    const Ran ran = while_it_runs(EngineCommand::update, "sync_volume", [&] {
        if (::fork() == 0) ::execl((root_ + "/bin/same").c_str(), "same", "5", nullptr);
        ::usleep(200'000);
    });
    EXPECT_EQ(ran.code, 13) << ran.err;
    expect_says(ran.err, "the application is running: same (");
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

// The change is kept where it was made, and the next update says that it is there.
TEST_F(RunningCode, AFileThatIsChangedMeanwhileIsNotReplaced) {
    const Tree before = tree_of(root_);
    for (const std::string path : {"lib/changed.txt", "lib/removed.txt", "app"}) {
        const std::string was = read_file(root_ + "/" + path);
        const std::string now = std::string(was.size(), 'x'); // as long as before
        const Ran ran = while_it_runs(EngineCommand::update, "sync_volume", [&] {
            const int mode = path == "app" ? 0755 : 0644;
            write_file(root_ + "/" + path, now, mode);
        });
        EXPECT_EQ(ran.code, 13) << ran.err;
        expect_says(ran.err, root_ + "/" + path + ": another program changed it during the update");
        EXPECT_EQ(read_file(root_ + "/" + path), now);
        expect_left_but_for(before, path);
        expect_refused(root_, 10, {path + " was changed"}, [&] { return workshop_.apply(root_, bundle_); });
        write_file(root_ + "/" + path, was, path == "app" ? 0755 : 0644);
    }
    EXPECT_EQ(workshop_.apply(root_, bundle_).code, 0);
}

TEST_F(RunningCode, NeitherByARollback) {
    ASSERT_EQ(workshop_.apply(root_, bundle_).code, 0);
    const Tree before = tree_of(root_);
    const Ran ran = while_it_runs(EngineCommand::rollback, "sync_volume",
                                  [&] { write_file(root_ + "/lib/changed.txt", "by hand\n"); });
    EXPECT_EQ(ran.code, 13) << ran.err;
    expect_says(ran.err, root_ + "/lib/changed.txt: another program changed it during the update");
    expect_left_but_for(before, "lib/changed.txt");
}

// The lock is on the file that was there: another one in its place is nobody's that was looked at.
TEST_F(RunningCode, ADatabaseThatIsExchangedMeanwhileIsNotReplaced) {
    const Tree before = tree_of(root_);
    const std::string database = workshop_.database(root_);
    const Ran ran = while_it_runs(EngineCommand::update, "sync_volume", [&] {
        fs::copy_file(database, root_ + "/restored");
        sqlite(root_ + "/restored", "INSERT INTO place(name) VALUES('restored')");
        fs::rename(root_ + "/restored", database);
    });
    EXPECT_EQ(ran.code, 13) << ran.err;
    expect_says(ran.err, database + ": another program changed it during the update");
    EXPECT_EQ(sqlite(database, "SELECT count(*) FROM place WHERE name = 'restored'"), "1\n");
    expect_left_but_for(before, "data/register.db");
}

// A virus scanner takes the new program out of its slot: after the commit only its gate would be left.
TEST_F(RunningCode, ANewEntryPointThatVanishesUndoesTheSwap) {
    const Tree before = tree_of(root_);
    const std::string wanted = read_file(workshop_ / "app-1.1.0/app");
    const Ran ran = while_it_runs(EngineCommand::update, "sync_volume", [&] {
        for (const auto& slot : fs::directory_iterator(root_ + "/.lockstep/work/1/slots"))
            if (slot.is_regular_file() && read_file(slot.path()) == wanted) fs::remove(slot.path());
    });
    EXPECT_EQ(ran.code, 30) << ran.err;
    expect_says(ran.err, "Could not confirm " + root_ + "/app: another program changed it during the swap");
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

} // namespace
} // namespace lockstep
