// The release manager's tool, run as a release manager runs it: keys, evidence, bundles, and what it refuses.
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class ReleaseTool : public testing::Test {
  protected:
    std::string release() const { return workshop_ / "release-1.1.0.toml"; }
    std::vector<std::string> build_words(const std::string& key = "key") const {
        return {"build", release(), "--key", workshop_ / (key + ".key"), "-o", workshop_ / "out.bundle"};
    }
    // Refused with 2: each of `words` is said, and the release's folder stays as it was.
    void expect_wrong(const std::vector<std::string>& command, const std::vector<std::string>& words) const {
        expect_refused(workshop_.path(), 2, words, [&] { return workshop_.lockstep(command); });
    }
    Ran must(const std::vector<std::string>& words) const {
        Ran ran = workshop_.lockstep(words);
        EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
        return ran;
    }

    Workshop workshop_;
};

unsigned mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
}

TEST_F(ReleaseTool, KeysAreTheirOwnersAndAreNeverOverwritten) {
    EXPECT_EQ(mode_of(workshop_ / "key.key"), 0600U);
    EXPECT_TRUE(read_file(workshop_ / "key.key").starts_with("-----BEGIN PRIVATE KEY-----"));
    EXPECT_EQ(run({"openssl", "pkey", "-in", workshop_ / "key.key", "-noout"}).code, 0);
    expect_wrong({"keygen", workshop_ / "key"}, {"it exists, and a key is never overwritten"});
    fs::remove(workshop_ / "key.key");
    expect_wrong({"keygen", workshop_ / "key"}, {"key.pub", "it exists, and a key is never overwritten"});
    expect_wrong({"keygen", workshop_ / "no folder/key"}, {"no folder/key.key", "there is no folder"});
}

TEST_F(ReleaseTool, AKeyMayHaveAPassphrase) {
    write_file(workshop_ / "passphrase", "correct horse\n");
    write_file(workshop_ / "other passphrase", "wrong horse\n");
    write_file(workshop_ / "empty passphrase", "\n");
    expect_wrong({"keygen", workshop_ / "locked", "--passphrase-file", workshop_ / "empty passphrase"},
                 {"its first line is empty"});
    must({"keygen", workshop_ / "locked", "--passphrase-file", workshop_ / "passphrase"});
    EXPECT_EQ(mode_of(workshop_ / "locked.key"), 0600U);
    EXPECT_TRUE(read_file(workshop_ / "locked.key").starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    workshop_.rehearse(release());

    expect_wrong(build_words("locked"), {"locked.key", "it needs a passphrase", "--passphrase-file FILE"});
    auto words = build_words("locked");
    words.insert(words.end(), {"--passphrase-file", workshop_ / "other passphrase"});
    expect_wrong(words, {"the passphrase is wrong"});
    words.back() = workshop_ / "passphrase";
    must(words);
    must({"verify", workshop_ / "out.bundle", "--trust", workshop_ / "locked.pub"});

    auto by_variable = build_words("locked");
    by_variable.insert(by_variable.begin(), built("lockstep"));
    EXPECT_EQ(run(by_variable, workshop_.path(), {{"LOCKSTEP_PASSPHRASE", "correct horse"}}).code, 0);
}

TEST_F(ReleaseTool, BuildRefusesWhatWasNotRehearsedAndSaysWhich) {
    const std::string script = workshop_ / "migrations/1.1.0/all.sql";
    expect_wrong(build_words(), {"rehearsal.json", "the release was never rehearsed", "lockstep rehearse"});
    workshop_.rehearse(release());
    const std::string sql = read_file(script);
    const std::string toml = read_file(release());

    write_file(script, sql + "-- a comment\n");
    expect_wrong(build_words(), {"the script 1.1.0/all.sql was changed after the rehearsal"});
    fs::remove(script);
    expect_wrong(build_words(),
                 {"the script 1.1.0/all.sql was rehearsed, and isn't part of the release now"});
    write_file(script, sql);

    for (const std::string added : {"1.1.0/checks.sql", "1.1.0/revert.sql", "1.0.5/all.sql"}) {
        write_file(workshop_ / ("migrations/" + added), "SELECT 1 WHERE 0;\n");
        expect_wrong(build_words(), {"the script " + added + " was added after the rehearsal"});
        fs::remove(workshop_ / ("migrations/" + added));
    }
    fs::remove(workshop_ / "migrations/1.0.5");

    for (const std::string more :
         {"dropped_tables = [\"place\"]\n", "max_shrink = { person = \"100%\" }\n",
          "health = { argv = [\"{root}/app\", \"0\"] }\n", "ignore_tables = [\"person\"]\n"}) {
        write_file(release(), more + toml);
        expect_wrong(build_words(), {"were changed after the rehearsal"});
    }
    write_file(release(), toml);
    must(build_words());
}

TEST_F(ReleaseTool, BuildNamesWhatIsMissing) {
    workshop_.rehearse(release());
    const std::string toml = read_file(release());
    replace_in(release(), "entry_points = [\"app\"]", "entry_points = [\"bin/app\"]");
    expect_wrong(build_words(), {"bin/app", "there is no such file in"});
    write_file(release(), toml);
    auto words = build_words();
    words.insert(words.end(), {"--gate", workshop_ / "no gate"});
    expect_wrong(words, {"no gate", "there is no such file"});
    replace_in(release(), "samples/register-1.0.0.db", "samples/lost.db");
    expect_wrong(build_words(), {"samples of 1.0.0: there is no file", "samples/lost.db"});
    write_file(release(), toml);
    replace_in(release(), "code = \"app-1.0.0\"", "code = \"app-0.9.0\"");
    expect_wrong(build_words(), {"code of 1.0.0: there is no folder", "app-0.9.0"});
    write_file(release(), toml);
    expect_wrong({"build", release(), "-o", workshop_ / "out.bundle"}, {"--key"});
    expect_wrong({"build", release(), "--key", workshop_ / "key.pub", "-o", workshop_ / "out.bundle"},
                 {"it is no Ed25519 private key in PEM form"});
    words = build_words();
    words.back() = workshop_ / "no folder/out.bundle";
    expect_wrong(words, {"there is no folder " + (workshop_ / "no folder")});
    expect_wrong({"build", workshop_ / "no.toml", "--key", workshop_ / "key.key", "-o", "x"},
                 {"no.toml", "there is no such file"});
}

TEST_F(ReleaseTool, MistakesInTheReleaseAreNamedWithTheirLine) {
    const std::string toml = read_file(release());
    const std::vector<std::pair<std::string, std::string>> mistakes{
        {"version = \n", "line 1"},
        {"versions = \"1.1.0\"\n", "line 1: unknown key 'versions'"},
        {"\nplatforms = \"field\"\n", "line 2: 'platforms' must be a list of texts"},
        {"\nexpires = \"soon\"\n", "line 2: 'expires' must be a date"},
        {"\n\non_local_change = \"ignore\"\n", "line 3: 'on_local_change' must be"}};
    for (const auto& [mistake, words] : mistakes) {
        SCOPED_TRACE(mistake);
        write_file(release(), mistake + toml);
        expect_wrong(build_words(), {release() + " " + words});
        expect_wrong({"rehearse", release()}, {release() + " " + words});
    }
    write_file(release(), "floor = \"1.2.0\"\n" + toml);
    expect_wrong(build_words(), {"floor 1.2.0 is above the version 1.1.0"});
    write_file(release(), "preserve = [\"../outside\"]\n" + toml);
    expect_wrong(build_words(), {"line"});
}

TEST_F(ReleaseTool, TheSameInputsGiveTheSameBytesWhereverTheyAre) {
    workshop_.rehearse(release());
    must(build_words());
    const std::string first = read_file(workshop_ / "out.bundle");
    must(build_words());
    EXPECT_TRUE(read_file(workshop_ / "out.bundle") == first) << "built again";
    const TemporaryFolder elsewhere;
    const std::string copy = elsewhere / "a folder of another name";
    fs::copy(workshop_.path(), copy, fs::copy_options::recursive);
    const Ran ran =
        run({built("lockstep"), "build", "release-1.1.0.toml", "--key", "key.key", "-o", "b.bundle"}, copy,
            {{"TZ", "Asia/Kolkata"}, {"LC_ALL", "C"}});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(read_file(copy + "/b.bundle") == first) << "built from a copy in another folder";
    EXPECT_EQ(first.find(workshop_.path()), std::string::npos) << "no path of this machine";
}

TEST_F(ReleaseTool, VerifyAndInspectTellWhatABundleIs) {
    workshop_.keygen("stranger");
    const std::string bundle = workshop_.bundle(release());
    const std::string key = workshop_ / "key.pub";
    expect_says(must({"verify", bundle, "--trust", key}).out, "register 1.1.0, manifest ");
    for (const std::string& file : {bundle, workshop_.wrapped(bundle)}) {
        const Ran shown = must({"inspect", file});
        EXPECT_TRUE(shown.out.starts_with("Nothing was verified against a key that you trust")) << shown.out;
        for (const std::string words :
             {"register 1.1.0", "from: 1.0.0", "floor: 1.1.0", "runs: 1.1.0/all.sql",
              "database: main at data/register.db", "signature of key "})
            expect_says(shown.out, words);
        const auto json = nlohmann::json::parse(must({"inspect", file, "--json"}).out);
        EXPECT_EQ(json.at("verified"), false);
        EXPECT_EQ(json.at("manifest").at("version"), "1.1.0");
        EXPECT_EQ(json.at("signatures").at("signatures").size(), 1U);
    }
    const Ran stranger = workshop_.lockstep({"verify", bundle, "--trust", workshop_ / "stranger.pub"});
    EXPECT_EQ(stranger.code, 11) << stranger.out;
    expect_says(stranger.err, "it needs the signatures of 1 trusted keys and has 0");
    write_file(workshop_ / "cut.bundle", read_file(bundle).substr(0, 5000));
    for (const std::string command : {"verify", "inspect"}) {
        std::vector<std::string> words{command, workshop_ / "cut.bundle"};
        if (command == "verify") words.insert(words.end(), {"--trust", key});
        expect_refused(workshop_.path(), 11, {"not a whole one"}, [&] { return workshop_.lockstep(words); });
    }
}

// payload/FORMAT.md is what somebody without Lockstep has: its commands are run here as they stand there.
TEST_F(ReleaseTool, ABundleCanBeCheckedByHandAsItsFormatSays) {
    const std::string format = read_file(source_file("payload/FORMAT.md"));
    std::string script = "set -euo pipefail\n";
    for (std::size_t at = format.find("```sh\n"); at != std::string::npos;
         at = format.find("```sh\n", at + 1))
        script += format.substr(at + 6, format.find("```\n", at + 6) - at - 6);
    fs::copy_file(workshop_.bundle(release(), "key", {"--whole-files"}), workshop_ / "clinic.bundle");
    fs::copy_file(workshop_ / "key.pub", workshop_ / "k.pub");
    const Ran ran = run({"bash", "-c", script}, workshop_.path());
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    expect_says(ran.out, "Signature Verified Successfully");

    const auto manifest = nlohmann::json::parse(read_file(workshop_ / "manifest.json"));
    const auto signatures = nlohmann::json::parse(read_file(workshop_ / "signatures.json"));
    for (const auto& piece : manifest.at("payload_pieces"))
        expect_says(ran.out, piece.get<std::string>() + "  -");
    for (const auto& file : manifest.at("target").at("files"))
        expect_says(ran.out, "blobs/" + file.at("sha256").get<std::string>());
    EXPECT_TRUE(ran.out.ends_with(signatures.at("signatures")[0].at("key").get<std::string>() + "\n"))
        << ran.out;
    write_file(workshop_ / "manifest.json.zst", read_file(workshop_ / "manifest.json.zst") + " ");
    EXPECT_NE(run({"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "k.pub", "-rawin", "-in",
                   "manifest.json.zst", "-sigfile", "manifest.sig"},
                  workshop_.path())
                  .code,
              0);
}

TEST_F(ReleaseTool, SignAddsASignatureToASoundBundleOnly) {
    workshop_.keygen("second");
    const std::string bundle = workshop_.bundle(release());
    const std::vector<std::string> both{
        "verify", bundle, "--trust", workshop_ / "key.pub", workshop_ / "second.pub", "--threshold", "2"};
    EXPECT_EQ(workshop_.lockstep(both).code, 11);
    const std::string executable = workshop_.wrapped(bundle);
    expect_wrong({"sign", executable, "--key", workshop_ / "second.key"}, {"Sign the bundle, then wrap it."});
    must({"sign", bundle, "--key", workshop_ / "second.key"});
    must(both);
    const std::string twice = read_file(bundle);
    must({"sign", bundle, "--key", workshop_ / "second.key"});
    EXPECT_TRUE(read_file(bundle) == twice) << "the same signature again changes nothing";
    std::string bytes = twice;
    bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
    write_file(bundle, bytes);
    expect_refused(workshop_.path(), 11, {"damaged"}, [&] {
        return workshop_.lockstep({"sign", bundle, "--key", workshop_ / "second.key"});
    });
}

TEST_F(ReleaseTool, BuildRefusesAProgramAndASampleThatWereNotRehearsed) {
    replace_in(release(), "preserve", "health = { argv = [\"/bin/sh\", \"{root}/check.sh\"] }\npreserve");
    const std::string program = workshop_ / "app-1.1.0/check.sh";
    write_file(program, "exit 0\n");
    workshop_.rehearse(release());
    write_file(program, "exit 0 # now\n");
    expect_wrong(build_words(), {"rehearsal.json", "the program check.sh was changed after the rehearsal",
                                 "Run 'lockstep rehearse"});
    write_file(program, "exit 0\n");
    sqlite(workshop_ / "samples/register-1.0.0.db", "CREATE TABLE mine(x);");
    expect_wrong(build_words(), {"a sample of the database 'main' of version 1.0.0 with another schema was "
                                 "added after the rehearsal"});
    sqlite(workshop_ / "samples/register-1.0.0.db", "DROP TABLE mine;");
    must(build_words());
}

// What `sql` prints is one script that the sqlite3 program runs to the same schema and rows.
TEST_F(ReleaseTool, SqlPrintsTheMigrationAsOneScript) {
    const std::string both = workshop_.release("1.2.0", {"1.0.0", "1.1.0"});
    const std::string script = must({"sql", both, "--from", "1.0.0", "--to", "1.2.0"}).out;
    const std::string by_hand = workshop_ / "by hand.db";
    fs::copy_file(workshop_ / "samples/register-1.0.0.db", by_hand);
    write_file(workshop_ / "combined.sql", script);
    sqlite(by_hand, ".read " + (workshop_ / "combined.sql"));
    EXPECT_EQ(sqlite(by_hand, "SELECT full_name, status FROM person ORDER BY id LIMIT 1"), "Zoë 1|active\n");
    const std::string last = must({"sql", both, "--from", "1.1.0", "--to", "1.2.0"}).out;
    expect_says(last, "RENAME COLUMN name TO full_name");
    EXPECT_EQ(last.find("ADD COLUMN status"), std::string::npos) << last;
    expect_wrong({"sql", both, "--from", "0.1.0", "--to", "1.2.0"}, {"0.1.0"});
    expect_wrong({"sql", both, "--from", "1.0.0", "--to", "3.0.0"}, {"3.0.0"});
}

// Run by hand as its first line says, on a copy whose people have visits.
class SqlByHand : public ReleaseTool {
  protected:
    SqlByHand() {
        sqlite(
            workshop_ / "samples/register-1.0.0.db",
            "CREATE TABLE visit(id INTEGER PRIMARY KEY, person_id REFERENCES person(id) ON DELETE CASCADE);"
            "INSERT INTO visit(person_id) SELECT id FROM person;");
        replace_in(release(), "preserve", "platforms = [\"field\"]\npreserve");
    }
    void script(const std::string& name, const std::string& sql) const {
        write_file(workshop_ / ("migrations/1.1.0/" + name), sql);
    }
    std::vector<std::string> words(const std::vector<std::string>& more) const {
        std::vector<std::string> all{"sql", release(), "--from", "1.0.0", "--to", "1.1.0"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    // How many visits are left.
    std::string visits_after() const {
        const std::string copy = workshop_ / "by hand.db";
        fs::copy_file(workshop_ / "samples/register-1.0.0.db", copy, fs::copy_options::overwrite_existing);
        write_file(workshop_ / "combined.sql", must(words({"--platform", "field"})).out);
        const Ran ran = run({"sh", "-c", "sqlite3 -bail \"$0\" < \"$1\"", copy, workshop_ / "combined.sql"});
        EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
        return sqlite(copy, "SELECT count(*) FROM visit");
    }
    std::string visits_before() const {
        return sqlite(workshop_ / "samples/register-1.0.0.db", "SELECT count(*) FROM visit");
    }
};

const std::string rebuild_person =
    "CREATE TABLE kept AS SELECT * FROM person; DROP TABLE person;\n"
    "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE, "
    "place_id INTEGER REFERENCES place(id), status TEXT NOT NULL DEFAULT 'active');\n"
    "INSERT INTO person(id, name, place_id) SELECT id, name, place_id FROM kept; DROP TABLE kept;\n";

// SQLite's own recipe ends by turning the foreign keys on: the next script's DROP TABLE would fire them.
TEST_F(SqlByHand, ForeignKeysThatAScriptTurnsOnAreOffForTheNext) {
    script("all.sql", "PRAGMA foreign_keys=OFF; BEGIN; SELECT 1; COMMIT; PRAGMA foreign_keys=ON;\n");
    script("field.sql", rebuild_person);
    EXPECT_EQ(visits_after(), visits_before());
    script("field.sql", "BEGIN;\n" + rebuild_person + "COMMIT;\n");
    EXPECT_EQ(visits_after(), visits_before());
}

TEST_F(SqlByHand, AScriptWithVacuumStandsInNoTransaction) {
    script("all.sql", "CREATE TABLE spare(a); DROP TABLE spare; vacuum;\n");
    script("field.sql", rebuild_person);
    EXPECT_EQ(visits_after(), visits_before());
}

TEST_F(SqlByHand, APlatformHasToBeNamedWhereScriptsDiffer) {
    script("field.sql", "SELECT 1;\n");
    expect_wrong(words({}),
                 {"choose the scripts of version 1.1.0: they differ by platform, and none was named",
                  "--platform NAME"});
    fs::remove(workshop_ / "migrations/1.1.0/field.sql");
    must(words({}));
}

TEST_F(ReleaseTool, WrapRefusesWhatNoLaptopWouldTrust) {
    workshop_.keygen("stranger");
    const std::string bundle = workshop_.bundle(release());
    const std::string out = workshop_ / "update.run";
    const auto wrap = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words{"wrap", bundle, "--stub", built("update"), "-o", out};
        words.insert(words.end(), more.begin(), more.end());
        return workshop_.lockstep(words);
    };
    expect_refused(workshop_.path(), 11, {"it needs the signatures of 1 trusted keys and has 0"}, [&] {
        return wrap({"--trust", workshop_ / "stranger.pub"});
    });
    expect_refused(workshop_.path(), 11, {"it needs the signatures of 2 trusted keys and has 1"}, [&] {
        return wrap({"--trust", workshop_ / "key.pub", workshop_ / "stranger.pub", "--threshold", "2"});
    });
    expect_wrong({"wrap", bundle, "--stub", workshop_ / "no stub", "-o", out}, {"there is no such file"});
    EXPECT_EQ(wrap({}).code, 0);
    EXPECT_EQ(mode_of(out), 0755U);
    expect_wrong({"wrap", bundle, "--stub", out, "-o", workshop_ / "again"}, {"it already holds a bundle"});
}

TEST_F(ReleaseTool, AThresholdOutOfRangeIsSaidInFew) {
    expect_wrong({"verify", "any.bundle", "--trust", "key.pub", "--threshold", "0"},
                 {"--threshold: Value 0 not in range 1 to 64"});
}

TEST_F(ReleaseTool, ARehearsalSpeaksToTheReleaseManager) {
    write_file(workshop_ / "migrations/1.1.0/all.sql", "SELECT nothing FROM nowhere;\n");
    const Ran ran = workshop_.lockstep({"rehearse", release()});
    EXPECT_EQ(ran.code, 20) << ran.err;
    expect_says(ran.err, "No sample was changed.");
    for (const std::string words : {"Your data and the application", "whoever made the update"})
        EXPECT_EQ(ran.err.find(words), std::string::npos) << ran.err;
}

TEST_F(ReleaseTool, WrapTakesNoStubButAnUpdateExecutable) {
    const std::string bundle = workshop_.bundle(release());
    const auto wrap = [&](const std::string& stub) -> std::vector<std::string> {
        return {"wrap", bundle, "--stub", stub, "-o", workshop_ / "update.run"};
    };
    for (const std::string& other : {std::string("/bin/true"), built("gate"), built("lockstep"),
                                     workshop_ / "key.key", workshop_ / "key.pub"})
        expect_wrong(wrap(other), {other + ": it is not Lockstep's update executable",
                                   "build/bin/update, or build/win64/bin/update.exe for Windows"});
    // Found also where the two halves are read one after the other.
    const std::string words = "Lockstep update executable, engine 9";
    write_file(workshop_ / "split", std::string((1U << 20) - 10, 'x') + words);
    must(wrap(workshop_ / "split"));
    must(wrap(built("update")));
}

} // namespace
} // namespace lockstep
