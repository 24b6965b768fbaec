#include "packaging/release.h"
#include "payload/error.h"
#include "tests/unit/release_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

// The message for the small release with one thing changed.
std::string refusal(const std::string& from, const std::string& to) {
    try {
        parse_release(replaced(small_release, from, to), "release.toml");
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::wrong_usage);
        return error.what();
    }
    return "accepted";
}

TEST(Release, ReadsEveryKey) {
    const Release release = parse_release(R"(product = "clinic"
version = "1.1.0"
floor = "1.0.5"
expires = 2027-01-31
code = "app"
migrations = "migrations"
platforms = ["field", "office"]
preserve = ["settings.ini", "uploads/**"]
entry_points = ["clinic.exe"]
locations = ["C:/Clinic"]
trust = ["trust/2.json"]
on_local_change = "set-aside"
max_shrink = { audit_log = "100%", visit = 25 }
renamed_tables = { req_req = "inv_req" }
dropped_tables = ["org_room"]
moved_columns = { "pr_person.initials" = "pr_person_details.initials" }
changed_columns = ["inv_warehouse.capacity"]
dropped_columns = ["patient.fax"]
ignore_tables = ["web_session"]
journal = true
health = { argv = ["{root}/clinic", "--self-test"], timeout_s = 30 }
[[previous]]
version = "1.0.9"
code = "app-1.0.9"
[[previous]]
version = "1.0.0"
code = "app-1.0.0"
entry_points = ["old.exe"]
samples = { main = ["one.db", "two.db"] }
[[database]]
name = "main"
path = "data/clinic.db"
mask_defaults = ["*.uuid"]
)",
                                          "folder/release.toml");
    EXPECT_EQ(release.floor, "1.0.5");
    EXPECT_EQ(release.expires, "2027-01-31T23:59:59Z");
    EXPECT_EQ(release.code, "folder/app");
    EXPECT_EQ(release.trust, std::vector<std::string>{"folder/trust/2.json"});
    EXPECT_TRUE(release.set_aside_local_changes);
    EXPECT_EQ(release.declarations.max_shrink.at("visit"), "25");
    EXPECT_EQ(release.declarations.moved_columns.at("pr_person.initials"), "pr_person_details.initials");
    EXPECT_EQ(release.declarations.dropped_columns, std::vector<std::string>{"patient.fax"});
    EXPECT_TRUE(release.declarations.journal);
    EXPECT_EQ(release.health->timeout_s, 30);
    ASSERT_EQ(release.previous.size(), 2U);
    EXPECT_EQ(release.previous[0].version, "1.0.0") << "ascending";
    EXPECT_EQ(release.previous[0].samples.at("main")[1], "folder/two.db");
    EXPECT_FALSE(release.previous[1].entry_points);
    EXPECT_EQ(release.databases[0].mask_defaults, std::vector<std::string>{"*.uuid"});
}

TEST(Release, FloorIsTheVersionWhereNothingIsSaid) {
    EXPECT_EQ(parse_release(small_release, "release.toml").floor, "1.1.0");
}

TEST(Release, NamesUnknownKeysWithTheirLine) {
    EXPECT_EQ(refusal("entry_points =", "enrty_points ="),
              "Could not read release.toml line 6: unknown key 'enrty_points'");
    EXPECT_EQ(refusal("samples =", "sampels ="),
              "Could not read release.toml line 11: unknown key 'sampels'");
}

TEST(Release, NamesWrongTypesWithTheirLine) {
    EXPECT_EQ(refusal("version = \"1.1.0\"", "version = 1.1"),
              "Could not read release.toml line 2: 'version' must be text in quotes");
    EXPECT_EQ(refusal("[\"clinic\"]", "\"clinic\""), "Could not read release.toml line 6: 'entry_points' "
                                                     "must be a list of texts, as in [\"one\", \"two\"]");
    EXPECT_EQ(refusal("product = \"clinic\"\n", "moved_columns = { a.b = \"c.d\" }\nproduct = \"clinic\"\n"),
              "Could not read release.toml line 1: 'moved_columns.a' must be text or a whole number (a name "
              "with a dot "
              "must stand in quotes)");
    EXPECT_NE(refusal("product = \"clinic\"", "product ="), "accepted");
}

TEST(Release, RefusesWhatBreaksARule) {
    EXPECT_EQ(refusal("version = \"1.0.0\"", "version = \"1.1.0\""),
              "Could not use release.toml: [[previous]] 1.1.0 is not below the version 1.1.0");
    EXPECT_EQ(refusal("version = \"1.1.0\"", "version = \"one\""),
              "Could not use release.toml: version 'one' is not a version X.Y.Z");
    EXPECT_EQ(refusal("name = \"main\"", "name = \"before_x\"").substr(0, 65),
              "Could not use release.toml: database name 'before_x' is reserved:");
    EXPECT_NE(refusal("name = \"main\"", "name = \"prepared\"").find("database name 'prepared' is reserved"),
              std::string::npos);
    EXPECT_EQ(refusal("product = \"clinic\"\n", "product = \"clinic\"\ncritical_platforms = [\"office\"]\n"),
              "Could not use release.toml: critical_platforms: 'office' is none of the platforms");
    EXPECT_NE(refusal("data/clinic.db", "../clinic.db").find("database path '../clinic.db'"),
              std::string::npos);
    EXPECT_NE(refusal("product = \"clinic\"\n", "product = \"clinic\"\nmax_shrink = { a = \"101%\" }\n")
                  .find("'101%'"),
              std::string::npos);
    EXPECT_NE(refusal("{ main = ", "{ office = ").find("no [[database]] named 'office'"), std::string::npos);
}

// Of a second database with these lines.
std::string refusal_of_database(const std::string& lines, const std::string& samples = "{ main = ") {
    std::string text = small_release;
    text.replace(text.find("{ main = "), 9, samples);
    text += "[[database]]\nname = \"log\"\npath = \"log.db\"\n" + lines;
    return message_of<Error>([&] { parse_release(text, "release.toml"); });
}

TEST(Release, DatabasesComeAndGoInItsOwnTime) {
    const std::string start = "Could not use release.toml: ";
    EXPECT_EQ(refusal_of_database("since = \"1.1.0\"\n"), "");
    EXPECT_EQ(refusal_of_database("retired = \"1.1.0\"\n", "{ log = [\"l.db\"], main = "), "");
    EXPECT_EQ(refusal_of_database("since = \"1.1.0\"\n", "{ log = [\"l.db\"], main = "),
              start + "samples of 1.0.0: it has no [[database]] named 'log'");
    EXPECT_EQ(refusal_of_database("since = \"1.2.0\"\n"),
              start + "1.2.0 of [[database]] 'log' is above the version 1.1.0");
    EXPECT_EQ(refusal_of_database("since = \"1.1.0\"\nretired = \"1.0.0\"\n"),
              start + "[[database]] 'log' is retired before it is there");
    EXPECT_EQ(refusal_of_database("retired = \"now\"\n"),
              start + "retired of [[database]] 'log' 'now' is not a version X.Y.Z");
    EXPECT_NE(refusal("path = \"data/clinic.db\"\n", "path = \"data/clinic.db\"\nsince = \"1.0.0\"\n")
                  .find("the first [[database]], 'main', is main to every script"),
              std::string::npos);
}

TEST(Release, RefusesMoreThanFiveDatabases) {
    std::string text = small_release;
    for (int i = 1; i <= 5; ++i)
        text +=
            "[[database]]\nname = \"d" + std::to_string(i) + "\"\npath = \"d" + std::to_string(i) + ".db\"\n";
    EXPECT_EQ(message_of<Error>([&] { parse_release(text, "release.toml"); }),
              "Could not use release.toml: there are 6 databases; 5 is the most");
}

TEST(Release, MomentsAreInUtc) {
    const auto expiry = [](const std::string& value) {
        return parse_release("expires = " + value + "\n" + small_release, "release.toml")
            .expires.value_or("");
    };
    EXPECT_EQ(expiry("2027-01-01T00:30:00+01:00"), "2026-12-31T23:30:00Z");
    EXPECT_EQ(expiry("\"2027-01-01T00:30:00Z\""), "2027-01-01T00:30:00Z");
    EXPECT_THROW(expiry("2027-01-01T00:30:00"), Error) << "no offset";
}

TEST(Release, NamesTheFolderThatIsNotThere) {
    const ReleaseFolder folder;
    std::filesystem::remove_all(folder / "app-1.0.0");
    const std::string message = message_of<Error>([&] { folder.release(); });
    EXPECT_NE(message.find("code of 1.0.0: there is no folder '"), std::string::npos) << message;
}

} // namespace
} // namespace lockstep
