#include "payload/manifest.h"
#include "tests/support/refusal.h"

#include "payload/error.h"
#include "tests/unit/example_manifest.h"

#include <functional>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace lockstep;

namespace {

std::string refusal(const std::function<void()>& action, Code code) {
    return refusal_of_action(action, code);
}

std::string parse_refusal(const std::string& json) {
    return refusal([&] { parse_manifest(json); }, Code::not_trusted);
}

// What parse_manifest says of a manifest whose JSON was changed.
std::string changed(const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json json = nlohmann::json::parse(write_manifest(example_manifest()));
    change(json);
    return parse_refusal(json.dump());
}

// What both say of a manifest that breaks a rule.
std::string broken(const std::function<void(Manifest&)>& breaking) {
    Manifest manifest = example_manifest();
    breaking(manifest);
    return refusal([&] { write_manifest(manifest); }, Code::wrong_usage);
}

} // namespace

TEST(Manifest, SurvivesItsJson) {
    const Manifest manifest = example_manifest();
    const std::string json = write_manifest(manifest);
    EXPECT_EQ(parse_manifest(json), manifest);
    EXPECT_EQ(write_manifest(parse_manifest(json)), json);
    EXPECT_TRUE(json.starts_with(
        R"({"archive_size":0,"created":"2026-01-31T12:00:00Z","critical_platforms":["office"],"databases":[{)"))
        << json;

    Manifest bare = manifest;
    bare.expires.reset();
    bare.health.reset();
    bare.migrations[0].checks.reset();
    EXPECT_EQ(parse_manifest(write_manifest(bare)), bare);
}

TEST(Manifest, RefusesJsonThatCanBeReadInTwoWays) {
    EXPECT_EQ(parse_refusal(R"({"a":1,"a":1})"),
              "Could not read the manifest: the key 'a' stands twice in one object");
    EXPECT_EQ(parse_refusal(R"({"a":9007199254740993})"),
              "Could not read the manifest: a number is beyond 2^53");
    EXPECT_EQ(parse_refusal(R"({"a":-9007199254740993})"),
              "Could not read the manifest: a number is beyond 2^53");
    EXPECT_EQ(parse_refusal(R"({"a":99999999999999999999999})"),
              "Could not read the manifest: a number is beyond 2^53");
    EXPECT_EQ(parse_refusal(R"({"a":1e300})"), "Could not read the manifest: a number is beyond 2^53");
    const std::string deep = "Could not read the manifest: it is nested deeper than 32";
    EXPECT_EQ(parse_refusal(std::string(33, '[') + std::string(33, ']')), deep);
    EXPECT_EQ(parse_refusal(std::string(1'000'000, '[')), deep);
    EXPECT_EQ(parse_refusal(std::string(32, '[') + std::string(32, ']')),
              "Could not read the manifest: it must be an object");
    for (const char* bad :
         {"", "{", "{}x", "{\"a\":NaN}", "{\"a\":1e999}", "{\"\xff\":1}", "{\"a\":\"\\ud800\"}", "{'a':1}",
          "{\"a\":01}", "{\"a\":1,}", "// a\n{}", "\xef\xbb\xbf{}"})
        EXPECT_NE(parse_refusal(bad).find("Could not read the manifest: it is no valid JSON near byte"),
                  std::string::npos)
            << bad << ": " << parse_refusal(bad);
    EXPECT_EQ(parse_refusal(std::string("{}\0more", 7)),
              "Could not read the manifest: it is no valid JSON near byte 2");
    EXPECT_EQ(parse_refusal(std::string(manifest_limit + 1, ' ')),
              "Could not read the manifest: it is larger than 32 MiB");
}

TEST(Manifest, NamesTheKeyThatIsMissingUnknownOrWrong) {
    EXPECT_EQ(changed([](auto& json) { json.erase("product"); }),
              "Could not read the manifest: 'product' is missing");
    EXPECT_EQ(changed([](auto& json) { json["target"]["files"][1].erase("mode"); }),
              "Could not read the manifest: 'target.files[1].mode' is missing");
    EXPECT_EQ(changed([](auto& json) { json["from"][0]["more"] = 1; }),
              "Could not read the manifest: 'from[0].more' is not a key that this version knows");
    EXPECT_EQ(changed([](auto& json) { json["target"]["files"][0]["size"] = -1; }),
              "Could not read the manifest: 'target.files[0].size' must be a whole number");
    EXPECT_EQ(changed([](auto& json) { json["target"]["files"][0]["mode"] = 04755; }),
              "Could not read the manifest: 'target.files[0].mode' must be from 0 to 511");
    EXPECT_EQ(changed([](auto& json) { json["format"] = 2; }),
              "Could not read the manifest: 'format' must be from 1 to 1");
    EXPECT_EQ(changed([](auto& json) { json["preserve"] = "x"; }),
              "Could not read the manifest: 'preserve' must be a list");
    EXPECT_EQ(changed([](auto& json) { json["preserve"][0] = 1; }),
              "Could not read the manifest: 'preserve' must be a list of texts");
    EXPECT_EQ(changed([](auto& json) { json["target"]["files"][0]["path"] = "a/../b"; }),
              "Could not read the manifest: the file 'a/../b' has the part '..'");
}

TEST(Manifest, KeepsItsRulesWhenWritten) {
    const std::string start = "Could not write the manifest: ";
    EXPECT_EQ(broken([](Manifest& m) { m.target.files[0].path = "bin/aux"; }),
              start + "the file 'bin/aux' has a part that Windows keeps for a device, 'aux'");
    EXPECT_EQ(broken([](Manifest& m) { m.target.files[0].mode = 04755; }),
              start + "the file 'bin/clinic' has mode bits beyond 0777");
    EXPECT_EQ(broken([](Manifest& m) { m.target.files[0].sha256[0] = 'A'; }),
              start + "the file 'bin/clinic' has no SHA-256 in lower-case hexadecimal");
    EXPECT_EQ(broken([](Manifest& m) { std::swap(m.target.files[0], m.target.files[1]); }),
              start + "the file 'bin/clinic' is out of order: files are sorted by path, each named once");
    EXPECT_EQ(broken([](Manifest& m) { m.target.files[1].path = "data/Clinic.db"; }),
              start + "the paths 'data/clinic.db' and 'data/Clinic.db' of version 1.1.0 would be one on some "
                      "file systems");
    EXPECT_EQ(
        broken([](Manifest& m) { m.defaults[0].path = "README.txt"; }),
        start + "the paths 'readme.txt' and 'README.txt' of version 1.1.0 would be one on some file systems");
    EXPECT_EQ(broken([](Manifest& m) { m.target.entry_points = {"clinic"}; }),
              start + "the entry point 'clinic' is no file of version 1.1.0");
    EXPECT_EQ(broken([](Manifest& m) { m.gate_sha256.clear(); }),
              start + "there are entry points, but no gate to put there");
    EXPECT_EQ(broken([](Manifest& m) { m.version = "v1"; }),
              start + "the version 'v1' is not a version such as 1.2.0");
    EXPECT_EQ(broken([](Manifest& m) { m.floor.clear(); }),
              start + "the floor '' is not a version such as 1.2.0");
    EXPECT_EQ(broken([](Manifest& m) { m.target.version = "1.2.0"; }),
              start + "the target's version '1.2.0' is not the manifest's");
    EXPECT_EQ(broken([](Manifest& m) { m.expires = "tomorrow"; }),
              start + "the expiry 'tomorrow' is not a time such as 2026-01-31T23:59:59Z");
    EXPECT_EQ(broken([](Manifest& m) { m.migrations.push_back(m.migrations[0]); }),
              start + "the migration '1.1.0' is out of order");
    EXPECT_EQ(broken([](Manifest& m) { m.migrations[0].steps[0].script.reset(); }),
              start + "a step of migration 1.1.0 must be either a script or a program");
    EXPECT_EQ(broken([](Manifest& m) { m.rehearsal[0].growth = std::numeric_limits<double>::quiet_NaN(); }),
              start + "the rehearsal from '1.0.0' has a measure below 0 or none at all");
    EXPECT_EQ(broken([](Manifest& m) { m.payload_size = 1; }),
              start + "the payload's size and the number of its pieces don't fit each other");
    EXPECT_EQ(broken([](Manifest& m) { m.product = "\xff"; }), start + "it holds text that isn't UTF-8");
}

TEST(Manifest, ADatabaseLivesFromItsFirstVersionToTheOneWithoutIt) {
    DatabaseEntry database;
    EXPECT_TRUE(lives_in(database, "0.0.1"));
    database.since = "1.2.0";
    EXPECT_FALSE(lives_in(database, "1.2.0-rc.1"));
    EXPECT_TRUE(lives_in(database, "1.2.0"));
    database.retired = "1.10.0";
    EXPECT_TRUE(lives_in(database, "1.9.0"));
    EXPECT_FALSE(lives_in(database, "1.10.0"));
}

TEST(Manifest, RefusesDatabasesThatComeAndGoWrongly) {
    const std::string start = "Could not write the manifest: ";
    EXPECT_EQ(broken([](Manifest& m) { m.databases[0].since = "1.1.0"; }),
              start + "the database 'main' is the first, which can neither come nor go");
    EXPECT_EQ(broken([](Manifest& m) { m.databases[1].since = "1.2.0"; }),
              start + "the database 'stock' goes before it comes");
    EXPECT_EQ(broken([](Manifest& m) { m.databases[1].retired = "soon"; }),
              start + "the database 'stock' comes or goes in 'soon', which is no version");
    EXPECT_EQ(broken([](Manifest& m) { m.from[0].schemas["stock"] = m.from[0].schemas["main"]; }),
              start + "the schema of 'stock' in version 1.0.0 belongs to no database");
}

TEST(Manifest, HasFirstScriptsAndPreparationsOnlyWhereTheyBelong) {
    const std::string init =
        "Could not write the manifest: what makes the first databases is none of its folder";
    EXPECT_EQ(broken([](Manifest& m) { m.init->version = "1.1.0"; }), init);
    EXPECT_EQ(broken([](Manifest& m) { m.init->steps[0].prepares = true; }), init);
    EXPECT_EQ(broken([](Manifest& m) { m.init->reverts = {example_script("init/revert.sql", "x")}; }), init);
    EXPECT_EQ(
        broken([](Manifest& m) { m.migrations[0].steps[0].platform = "field"; }),
        "Could not write the manifest: what prepares migration 1.1.0 must be a script, for every platform");
    EXPECT_EQ(broken([](Manifest& m) { m.init.reset(); }), "nothing was thrown");
}

TEST(Manifest, KeepsSomeDatabaseNames) {
    const auto named = [](std::size_t which, const std::string& name) {
        return broken([&](Manifest& m) {
            m.databases[which].name = name;
            m.target.schemas.clear();
            m.from[0].schemas.clear();
        });
    };
    for (const char* reserved : {"temp", "TEMP", "before", "Before_main", "beforehand", "Prepared"})
        EXPECT_EQ(named(0, reserved), std::string("Could not write the manifest: the database name '") +
                                          reserved + "' is reserved");
    EXPECT_EQ(named(1, "Main"), "Could not write the manifest: the database name 'Main' is reserved");
    EXPECT_EQ(named(1, "a-b"),
              "Could not write the manifest: the database name 'a-b' may hold only letters, digits and _");
    EXPECT_EQ(named(0, "STOCK"), "Could not write the manifest: the database name 'stock' is used twice");
    EXPECT_EQ(named(0, "clinic"), "nothing was thrown");
    EXPECT_EQ(broken([](Manifest& m) {
                  for (int i = 0; i < 4; ++i)
                      m.databases.push_back({"d" + std::to_string(i), "d" + std::to_string(i), {}, {}, {}});
              }),
              "Could not write the manifest: there are more than 5 databases");
}
