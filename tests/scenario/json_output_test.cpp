// update --json: one object on stdout, whatever happens, with the keys of DESIGN.md section 4.
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::json;

// The one object; a second one, or a line beside it, doesn't parse.
Json object_of(const Ran& ran, int code) {
    EXPECT_EQ(ran.code, code) << ran.out << ran.err;
    const Json object = Json::parse(ran.out, nullptr, false);
    EXPECT_TRUE(object.is_object()) << ran.out;
    if (!object.is_object()) return Json::object();
    for (const char* key : {"outcome", "product", "from", "to", "message", "advice"})
        EXPECT_TRUE(object.contains(key) && object[key].is_string()) << key << " in " << ran.out;
    EXPECT_EQ(object.value("code", -1), code);
    EXPECT_TRUE(object.contains("transaction") &&
                (object["transaction"].is_null() || object["transaction"].is_number_integer()))
        << ran.out;
    EXPECT_TRUE(object.contains("swap_ms") && object["swap_ms"].is_number()) << ran.out;
    EXPECT_TRUE(object.contains("phases") && object["phases"].is_array()) << ran.out;
    for (const Json& phase : object.value("phases", Json::array())) {
        EXPECT_TRUE(phase.at("name").is_string());
        EXPECT_TRUE(phase.at("seconds").is_number());
    }
    EXPECT_FALSE(object.value("message", "").empty());
    EXPECT_FALSE(object.value("advice", "").empty());
    return object;
}

TEST(JsonOutput, TellsOfChecksUpdatesAndRollbacks) {
    Workshop workshop;
    const std::string root = workshop.install("field");
    const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");

    const Json checked = object_of(workshop.apply(root, bundle, {"check", "--json"}), 0);
    EXPECT_EQ(checked["outcome"], "checked");
    EXPECT_EQ(checked["from"], "1.0.0");
    EXPECT_EQ(checked["to"], "1.1.0");
    EXPECT_TRUE(checked["transaction"].is_null());
    EXPECT_EQ(checked["scripts"], Json::array({"1.1.0/all.sql"}));

    const Json updated = object_of(workshop.apply(root, bundle, {"--json", "--silent"}), 0);
    EXPECT_EQ(updated["outcome"], "updated");
    EXPECT_EQ(updated["product"], "register");
    EXPECT_EQ(updated["from"], "1.0.0");
    EXPECT_EQ(updated["to"], "1.1.0");
    EXPECT_EQ(updated["transaction"], 1);
    EXPECT_GT(updated["swap_ms"].get<double>(), 0);
    EXPECT_GT(updated["phases"].size(), 5U);

    const Json again = object_of(workshop.apply(root, bundle, {"--json"}), 0);
    EXPECT_EQ(again["outcome"], "up-to-date");
    EXPECT_EQ(again["from"], "1.1.0");

    const Json back = object_of(workshop.update(root, {"rollback", "--json"}), 0);
    EXPECT_EQ(back["outcome"], "rolled-back");
    EXPECT_EQ(back["to"], "1.0.0");
    const Json recovered = object_of(workshop.update(root, {"recover", "--json"}), 0);
    EXPECT_EQ(recovered["outcome"], "nothing-to-recover");
}

TEST(JsonOutput, TellsOfEveryRefusal) {
    Workshop workshop;
    const std::string root = workshop.install("field");
    const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");
    write_file(workshop / "cut.bundle", read_file(bundle).substr(0, 1000));

    const Ran untrusted = workshop.apply(root, workshop / "cut.bundle", {"--json", "--silent"});
    EXPECT_EQ(object_of(untrusted, 11)["outcome"], "not-trusted");
    EXPECT_EQ(untrusted.err, "");

    write_file(root + "/lib/changed.txt", "by hand\n");
    const Json changed = object_of(workshop.apply(root, bundle, {"--json"}), 10);
    EXPECT_EQ(changed["outcome"], "not-recognised");
    EXPECT_EQ(changed["product"], "register");
    EXPECT_EQ(changed["to"], "1.1.0");
    expect_says(changed["message"], "lib/changed.txt was changed");

    EXPECT_EQ(object_of(workshop.update(root, {"rollback", "--json"}), 10)["outcome"], "not-recognised");
    const Json missing = object_of(workshop.apply(root, workshop / "missing.bundle", {"--json"}), 2);
    EXPECT_EQ(missing["outcome"], "wrong-usage");
    object_of(workshop.update(workshop / "missing folder", {"--json", "--bundle", bundle}), 2);
    const Ran nonsense = workshop.update(root, {"--nonsense", "--silent", "--json"});
    object_of(nonsense, 2);
    EXPECT_EQ(nonsense.err, "");
    object_of(workshop.update(root, {"--json", "--from", workshop.path(), "--bundle", bundle}), 2);
}

TEST(JsonOutput, TellsOfAFailedMigrationWhichVersionsItWasBetween) {
    Workshop workshop;
    write_file(workshop / "migrations/1.1.0/all.sql",
               read_file(workshop / "migrations/1.1.0/all.sql") +
                   "SELECT require(count(*) < 40, 'too many people: \"40\" ünd more') FROM person;\n");
    const std::string root = workshop.install("field");
    const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");
    const Json failed = object_of(workshop.apply(root, bundle, {"--json"}), 20);
    EXPECT_EQ(failed["outcome"], "migration-failed");
    EXPECT_EQ(failed["product"], "register");
    EXPECT_EQ(failed["from"], "1.0.0");
    EXPECT_EQ(failed["to"], "1.1.0");
    expect_says(failed["message"], "too many people: \"40\" ünd more");
}

} // namespace
} // namespace lockstep
