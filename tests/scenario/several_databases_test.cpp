// Several databases, platforms, and several hops of versions: under one commit.
#include "tests/support/attempt.h"
#include "tests/support/installation.h"
#include "tests/support/mount.h"
#include "tests/support/releases.h"
#include "tests/support/sqlite_shell.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> names{"main", "visits", "archive", "photos", "extra"};

std::string path_of(const std::string& name) {
    return name == "archive" ? "archive/archive.db" : "data/" + name + ".db";
}

std::string schema_of(const std::string& name) {
    return "CREATE TABLE " + name + "_rows(id INTEGER PRIMARY KEY, text TEXT NOT NULL);";
}

std::string rows_of(const std::string& name, int rows) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<" + std::to_string(rows) +
           ") INSERT INTO " + name + "_rows(text) SELECT '" + name + " ' || i FROM n;";
}

// A release over the first `count` databases whose one script moves from each to the next.
class ManyDatabases {
  public:
    explicit ManyDatabases(std::size_t count)
        : used_(names.begin(), names.begin() + static_cast<long>(count)) {
        Workshop& workshop = common_workshop();
        const std::string own = "many" + std::to_string(count);
        std::string script;
        for (const std::string& name : used_) {
            const std::string sample = workshop / (own + "/" + name + ".db");
            fs::create_directories(workshop / own);
            if (!fs::exists(sample)) sqlite(sample, schema_of(name) + rows_of(name, 5));
            script += "ALTER TABLE " + name + "." + name + "_rows ADD COLUMN copied TEXT;\n";
            script +=
                "UPDATE " + name + "." + name +
                "_rows AS target SET copied = (SELECT text FROM main.main_rows WHERE id = target.id);\n";
        }
        script += "CREATE TABLE main.totals AS SELECT count(*) AS visits FROM visits.visits_rows;\n";
        write_file(workshop / (own + "/migrations/1.1.0/all.sql"), script);
        write_file(workshop / ("release-" + own + ".toml"), text(own));
        bundle_ = workshop.bundle(workshop / ("release-" + own + ".toml"));
    }
    const std::string& bundle() const { return bundle_; }

    void install(const std::string& root, int rows) const {
        fs::create_directories(root);
        fs::copy(common_workshop() / "app-1.0.0", root, fs::copy_options::recursive);
        for (const std::string& name : used_) {
            fs::create_directories(fs::path(root + "/" + path_of(name)).parent_path());
            sqlite(root + "/" + path_of(name), schema_of(name) + rows_of(name, rows));
        }
    }
    void expect_migrated(const std::string& root, int rows) const {
        const std::string count = std::to_string(rows);
        for (const std::string& name : used_)
            EXPECT_EQ(sqlite(root + "/" + path_of(name), "SELECT count(*), sum(text = '" + name +
                                                             " ' || id), sum(copied = 'main ' || id) FROM " +
                                                             name + "_rows; PRAGMA integrity_check"),
                      count + "|" + count + "|" + count + "\nok\n")
                << name;
        EXPECT_EQ(sqlite(root + "/data/main.db", "SELECT visits FROM totals"), count + "\n");
    }

  private:
    std::string text(const std::string& own) const {
        std::string text =
            "product = \"register\"\nversion = \"1.1.0\"\ncode = \"app-1.1.0\"\nmigrations = \"" + own +
            "/migrations\"\npreserve = [\"settings.ini\"]\nentry_points = [\"app\"]\n"
            "[[previous]]\nversion = \"1.0.0\"\ncode = \"app-1.0.0\"\n[previous.samples]\n";
        for (const std::string& name : used_) text += name + " = [\"" + own + "/" + name + ".db\"]\n";
        for (const std::string& name : used_)
            text += "[[database]]\nname = \"" + name + "\"\npath = \"" + path_of(name) + "\"\n";
        return text;
    }
    std::vector<std::string> used_;
    std::string bundle_;
};

void expect_update_and_rollback(const ManyDatabases& databases, const std::string& root, int rows) {
    const Tree before = tree_of(root);
    const Ran applied = common_workshop().apply(root, databases.bundle());
    ASSERT_EQ(applied.code, 0) << applied.err;
    databases.expect_migrated(root, rows);
    const Ran back = common_workshop().update(root, {"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
    for (const auto& [path, content] : tree_of(root, true))
        EXPECT_EQ(path.find("/.lockstep-"), std::string::npos) << path;
}

TEST(SeveralDatabases, ChangeUnderOneCommitAndGoBackTogether) {
    const TemporaryFolder folder;
    const ManyDatabases two(2);
    two.install(folder / "field", 200);
    expect_update_and_rollback(two, folder / "field", 200);
}

TEST(SeveralDatabases, MayBeFive) {
    const TemporaryFolder folder;
    const ManyDatabases five(5);
    five.install(folder / "field", 200);
    expect_update_and_rollback(five, folder / "field", 200);
}

TEST(SeveralDatabases, MayLieOnSeveralVolumes) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root may mount volumes";
    const TemporaryFolder folder;
    const Mount data(folder / "field/data", "size=32m,mode=755");
    const Mount archive(folder / "field/archive", "size=32m,mode=755");
    if (!data.mounted() || !archive.mounted()) GTEST_SKIP() << "no volume can be mounted here";
    const ManyDatabases five(5);
    five.install(folder / "field", 200);
    expect_update_and_rollback(five, folder / "field", 200);
}

TEST(SeveralDatabases, AreRefusedWhereOneIsMissingOrBusyOrDamaged) {
    const TemporaryFolder folder;
    const std::string root = folder / "field";
    const ManyDatabases two(2);
    two.install(root, 200);
    const auto expect_refused = [&](int code, const std::vector<std::string>& message) {
        const Tree before = tree_of(root, true);
        const Ran ran = common_workshop().apply(root, two.bundle());
        EXPECT_EQ(ran.code, code) << ran.err;
        for (const std::string& part : message) EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
        EXPECT_EQ(differences(before, tree_of(root, true)), "");
    };
    {
        SqliteShell application(root + "/data/visits.db");
        application.run("BEGIN; SELECT count(*) FROM visits_rows;");
        expect_refused(13, {"sqlite3 (" + std::to_string(application.process()) + ")"});
    }
    fs::rename(root + "/data/visits.db", folder / "visits.db");
    expect_refused(10, {"data/visits.db: there is no such file, while the other databases are there"});
    write_file(root + "/data/visits.db", read_file(folder / "visits.db").substr(0, 4096));
    expect_refused(40, {"visits.db"});
}

// 1.2.0 from 1.0.0 in one update, from 1.1.0, and by single hops: one result.
TEST(Chain, LeadsToOneVersionByEveryWay) {
    Workshop& workshop = common_workshop();
    const std::string bundle = workshop.bundle(workshop.release("1.2.0", {"1.0.0", "1.1.0"}));
    const auto rows = [](const Installation& field) {
        return field.sql("SELECT id, full_name, place_id, status FROM person; SELECT sql FROM sqlite_schema");
    };
    Installation whole("1.0.0");
    const Ran applied = whole.apply(bundle, {});
    ASSERT_EQ(applied.code, 0) << applied.err;
    EXPECT_NE(applied.out.find("from version 1.0.0 to 1.2.0"), std::string::npos) << applied.out;
    EXPECT_EQ(whole.sql("SELECT count(*) FROM person WHERE full_name = 'Zoë ' || id"), "50\n");

    Installation hops("1.0.0");
    hops.expect_updated(hops.apply());
    const Tree between = tree_of(hops.root());
    const Ran second = hops.apply(bundle, {});
    ASSERT_EQ(second.code, 0) << second.err;
    EXPECT_NE(second.out.find("from version 1.1.0 to 1.2.0"), std::string::npos) << second.out;
    EXPECT_EQ(rows(hops), rows(whole));
    Tree left = tree_of(hops.root());
    Tree right = tree_of(whole.root());
    left.erase("data/register.db");
    right.erase("data/register.db"); // the same rows and schema on other pages
    EXPECT_EQ(differences(left, right), "");

    EXPECT_EQ(hops.update({"rollback"}).code, 0);
    EXPECT_EQ(differences(between, tree_of(hops.root())), "");
    hops.expect_rolled_back(hops.update({"rollback"}));
    const Ran further = hops.update({"rollback"});
    EXPECT_EQ(further.code, 10) << further.err;
    EXPECT_NE(further.err.find("no update was made here that could be taken back"), std::string::npos)
        << further.err;
    whole.expect_rolled_back(whole.update({"rollback"}));

    const Installation from_newer("1.1.0");
    const Ran third = from_newer.apply(bundle, {});
    EXPECT_EQ(third.code, 0) << third.err;
    EXPECT_NE(third.out.find("from version 1.1.0 to 1.2.0"), std::string::npos) << third.out;
    from_newer.expect_rolled_back(from_newer.update({"rollback"}));
}

TEST(Platforms, ChooseTheScriptsAndAreRemembered) {
    Workshop& workshop = common_workshop();
    write_file(workshop / "platforms/1.1.0/all.sql",
               "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n");
    write_file(workshop / "platforms/1.1.0/field.sql", "UPDATE person SET status='in the field';\n");
    write_file(workshop / "platforms/1.1.0/office.sql", "UPDATE person SET status='in the office';\n");
    write_file(workshop / "platforms/1.2.0/field.sql", "UPDATE person SET status=status || ', still';\n");
    write_file(workshop / "platforms/1.2.0/office.sql", "UPDATE person SET status='wrong';\n");
    const auto bundle_of = [&](const std::string& version, const std::string& previous) {
        const std::string path = workshop / ("release-platforms-" + version + ".toml");
        const std::string sample = version == "1.1.0" ? "1.0.0" : "1.1.0";
        write_file(path, "product = \"register\"\nversion = \"" + version + "\"\ncode = \"app-" + version +
                             "\"\nmigrations = \"platforms\"\nplatforms = [\"field\", \"office\"]\n"
                             "preserve = [\"settings.ini\"]\nchanged_columns = [\"person.status\"]\n"
                             "[[previous]]\nversion = \"" +
                             previous + "\"\ncode = \"app-" + previous +
                             "\"\nsamples = { main = [\"samples/register-" + sample +
                             ".db\"] }\n"
                             "[[database]]\nname = \"main\"\npath = \"data/register.db\"\n");
        return workshop.bundle(path);
    };
    const std::string first = bundle_of("1.1.0", "1.0.0");
    Installation field;
    field.expect_untouched(field.apply(first, {}), 2, {"they differ by platform", "--platform NAME"});
    field.expect_untouched(field.apply(first, {"--platform", "ship"}), 2,
                           {"use the platform ship: this release has no such platform"});
    field.expect_updated(field.apply(first, {"--platform", "field"}));
    EXPECT_EQ(field.sql("SELECT DISTINCT status FROM person"), "in the field\n");
    const Ran second = field.apply(bundle_of("1.2.0", "1.1.0"), {});
    EXPECT_EQ(second.code, 0) << second.err;
    EXPECT_EQ(field.sql("SELECT DISTINCT status FROM person"), "in the field, still\n");

    Installation office;
    office.expect_updated(office.apply(first, {"--platform", "office"}));
    EXPECT_EQ(office.sql("SELECT DISTINCT status FROM person"), "in the office\n");
    office.expect_rolled_back(office.update({"rollback"}));
}

// What a release called the installation is a word of that release's: the next one may have other words.
TEST(Platforms, OnesThatARenamedReleaseNoLongerNamesAreForgotten) {
    Workshop workshop;
    const auto bundle_of = [&](const std::string& version, const std::string& previous,
                               const std::string& platforms) {
        return workshop.bundle(workshop.release(version, {previous}, platforms));
    };
    const std::string first = bundle_of("1.1.0", "1.0.0", "platforms = [\"field\"]\n");
    const auto installed = [&](const std::string& name) {
        std::string root = workshop.install(name);
        const Ran ran = workshop.apply(root, first, {"--platform", "field"});
        EXPECT_EQ(ran.code, 0) << ran.err;
        return root;
    };
    const std::string others = bundle_of("1.2.0", "1.1.0", "platforms = [\"van\", \"desk\"]\n");
    const std::string renamed = installed("renamed");
    expect_refused(renamed, 2, {"use the platform field: this release has no such platform"}, [&] {
        return workshop.update(renamed, {"--bundle", others, "--platform", "field"});
    });
    const Ran ran = workshop.update(renamed, {"--bundle", others});
    EXPECT_EQ(ran.code, 0) << ran.err;

    write_file(workshop / "migrations/1.2.0/van.sql", "UPDATE person SET status = 'in the van';\n");
    write_file(workshop / "migrations/1.2.0/desk.sql", "UPDATE person SET status = 'at the desk';\n");
    const std::string differing = bundle_of(
        "1.2.0", "1.1.0", "platforms = [\"van\", \"desk\"]\nchanged_columns = [\"person.status\"]\n");
    const std::string asked = installed("asked");
    expect_refused(asked, 2, {"they differ by platform, and none was named", "--platform NAME"}, [&] {
        return workshop.update(asked, {"--bundle", differing});
    });
    const Ran named = workshop.update(asked, {"--bundle", differing, "--platform", "van"});
    EXPECT_EQ(named.code, 0) << named.err;
    EXPECT_EQ(sqlite(workshop.database(asked), "SELECT DISTINCT status FROM person"), "in the van\n");
}

TEST(Platforms, AGivenOneIsNoErrorWhereTheReleaseNamesNone) {
    const Installation field;
    field.expect_updated(field.apply({"--platform", "field"}));
}

TEST(Platforms, AGivenOneThatTheReleaseDoesNotNameIsRefusedWithoutAnyMigrationToo) {
    Workshop workshop;
    const std::string release = workshop.release("1.1.0", {"1.0.0"}, "platforms = [\"field\"]\n");
    replace_in(release, "code = \"app-1.1.0\"\nmigrations = \"migrations\"", "code = \"app-1.1.0\"");
    const std::string bundle = workshop.bundle(release);
    const std::string root = workshop.install("field");
    expect_refused(root, 2, {"use the platform ship: this release has no such platform"}, [&] {
        return workshop.apply(root, bundle, {"--platform", "ship"});
    });
}

} // namespace
} // namespace lockstep
