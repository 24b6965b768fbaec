// The same losses on the laptop, where the data is another than the rehearsal's: nothing is changed, and the
// message and the history say what happened.
#include "tests/support/release_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lockstep {
namespace {

struct Loss {
    std::string name;
    std::string script; // harms nothing in the sample, which has 10 people
    std::string checks;
    int code;
    std::string sentence;
    std::string error; // of the script, in the history; empty where it ran to its end
};

class OnTheLaptop : public testing::TestWithParam<Loss> {
  protected:
    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
};

TEST_P(OnTheLaptop, ALossIsFoundAndNothingIsChanged) {
    const Loss& loss = GetParam();
    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n" + loss.script);
    if (!loss.checks.empty()) desk_.script(loss.checks, "checks.sql");
    const std::string bundle = workshop_.bundle(desk_.release());
    const std::string root = workshop_.install("field");
    const Tree before = tree_of(root);

    const Ran ran = workshop_.apply(root, bundle);
    EXPECT_EQ(ran.code, loss.code) << ran.out;
    EXPECT_NE(ran.err.find(loss.sentence), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("Your data and the application are exactly as they were."), std::string::npos)
        << ran.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
    EXPECT_TRUE(std::filesystem::is_empty(root + "/.lockstep/work"));
    EXPECT_FALSE(std::filesystem::exists(root + "/.lockstep/backups"));

    const auto history =
        nlohmann::json::parse(workshop_.update(root, {"history", "--json"}).out)["transactions"];
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(history[0]["code"], loss.code);
    EXPECT_EQ(history[0]["state"], "failed, nothing changed");
    EXPECT_NE(history[0]["message"].get<std::string>().find(loss.sentence), std::string::npos);
    ASSERT_EQ(history[0]["scripts"].size(), 1U);
    EXPECT_EQ(history[0]["scripts"][0]["name"], "1.1.0/all.sql");
    const std::string error = history[0]["scripts"][0]["error"];
    EXPECT_EQ(error.empty(), loss.error.empty()) << error;
    EXPECT_NE(error.find(loss.error), std::string::npos) << error;
    EXPECT_NE(workshop_.update(root, {"history"}).out.find(loss.error), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Loss, OnTheLaptop,
    testing::Values(Loss{"Rows", "DELETE FROM person WHERE id > 47;", "", 21,
                         "table person: 3 of 50 rows are gone (keys 48, 49, 50)", ""},
                    Loss{"Values", "UPDATE person SET name = upper(name) WHERE name LIKE '% 31';", "", 21,
                         "column person.name: 1 of 50 values changed (key 31)", ""},
                    Loss{"Blanked", "UPDATE person SET place_id = NULL WHERE id > 10;", "", 21,
                         "column person.place_id: 40 of 50 values changed (keys 11, 12, 13)", ""},
                    Loss{"References", "UPDATE person SET place_id = 9 WHERE id = 20;", "", 21,
                         "references are broken", ""},
                    Loss{"Check", "SELECT 1;", "SELECT id, name FROM person WHERE id > 49;", 21,
                         "1.1.0/checks.sql line 1: id=50, name='Zoë 50'", ""},
                    Loss{"Constraint", "UPDATE person SET name = NULL WHERE id = 42;", "", 20,
                         "1.1.0/all.sql line 2: NOT NULL constraint failed: person.name",
                         "NOT NULL constraint failed: person.name"},
                    Loss{"Requirement",
                         "SELECT require(count(*) < 50, 'there are too many people') FROM person;", "", 20,
                         "there are too many people", "there are too many people"}),
    [](const auto& information) { return information.param.name; });

// The next update must find everything as it was before the one that failed.
TEST(AfterALoss, AMendedReleaseIsApplied) {
    ReleaseDesk desk;
    Workshop& workshop = desk.workshop();
    const std::string added = "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n";
    desk.script(added + "DELETE FROM person WHERE id > 47;");
    const std::string root = workshop.install("field");
    EXPECT_EQ(workshop.apply(root, workshop.bundle(desk.release())).code, 21);
    desk.script(added);
    const Ran ran = workshop.apply(root, workshop.bundle(desk.release()));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(sqlite(workshop.database(root), "SELECT count(*), count(status) FROM person"), "50|50\n");
}

} // namespace
} // namespace lockstep
