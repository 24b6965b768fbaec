// What is inferred, how surely, and what is not.
#include "packaging/pairing.h"
#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class Inferred : public testing::Test {
  protected:
    std::vector<Inference> from(const std::string& older, const std::string& newer,
                                const std::string& decisions = {}) {
        Database database = folder_.database("old-" + std::to_string(++count_), older);
        folder_.database("new-" + std::to_string(count_), newer).close();
        database.attach(folder_.path("new-" + std::to_string(count_)), "newer", OpenMode::read_only);
        return pair_schemas(database, read_database_schema(database, "main"),
                            read_database_schema(database, "newer"),
                            parse_decisions(decisions, "decisions.toml"))
            .inferences;
    }

    // "renamed-column t.a t.b", those that a draft does.
    static std::vector<std::string> applied(const std::vector<Inference>& all) { return told(all, true); }
    static std::vector<std::string> offered(const std::vector<Inference>& all) { return told(all, false); }

    TestFolder folder_;
    int count_ = 0;

  private:
    static std::vector<std::string> told(const std::vector<Inference>& all, bool wanted) {
        std::vector<std::string> sentences;
        for (const Inference& one : all)
            if (one.applied() == wanted)
                sentences.push_back(kind_name(one.kind) + " " + dotted(one.from) + " " + dotted(one.to));
        return sentences;
    }
};

using Sentences = std::vector<std::string>;

TEST_F(Inferred, ARenamedColumnByItsTypePlaceAndName) {
    const auto all = from("CREATE TABLE t(id INTEGER PRIMARY KEY, born DATE, name TEXT)",
                          "CREATE TABLE t(id INTEGER PRIMARY KEY, born_on DATE, name TEXT)");
    ASSERT_EQ(applied(all), (Sentences{"renamed-column t.born t.born_on"}));
    EXPECT_EQ(all[0].reason, "the same type, the same place, a similar name");
    EXPECT_LT(all[0].confidence, 100);
}

TEST_F(Inferred, NothingFromTheTypeAlone) {
    const auto all = from("CREATE TABLE t(id INTEGER PRIMARY KEY, fax TEXT, name TEXT, age INTEGER)",
                          "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, age INTEGER, url TEXT)");
    EXPECT_EQ(all.size(), 0U);
}

TEST_F(Inferred, ByTheRowsWhereBothHaveSome) {
    const std::string rows =
        "INSERT INTO t VALUES (1, 'p', 'x'), (2, 'q', 'y'), (3, 'r', 'z'), (4, 's', 'w'), (5, 'u', 'v')";
    const auto all = from("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT);" + rows,
                          "CREATE TABLE t(id INTEGER PRIMARY KEY, q TEXT, p TEXT);" + rows);
    EXPECT_EQ(applied(all), (Sentences{"renamed-column t.a t.q", "renamed-column t.b t.p"}));
    const auto other = from("CREATE TABLE t(id INTEGER PRIMARY KEY, born DATE);"
                            "INSERT INTO t VALUES (1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')",
                            "CREATE TABLE t(id INTEGER PRIMARY KEY, born_on DATE);"
                            "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')");
    EXPECT_EQ(applied(other), Sentences{});
}

TEST_F(Inferred, NoRenameToAReferenceElsewhere) {
    const std::string tables =
        "CREATE TABLE p(id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE q(id INTEGER PRIMARY KEY, b TEXT);";
    EXPECT_EQ(applied(from(tables + "CREATE TABLE t(id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id))",
                           tables + "CREATE TABLE t(id INTEGER PRIMARY KEY, q_id INTEGER REFERENCES q(id))")),
              Sentences{});
}

TEST_F(Inferred, TwoThatFitAreOnlyOffered) {
    const auto all = from("CREATE TABLE t(id INTEGER PRIMARY KEY, phone1 TEXT, phone2 TEXT, name TEXT)",
                          "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, phone TEXT)");
    EXPECT_EQ(applied(all), Sentences{});
    EXPECT_EQ(offered(all).size(), 1U);
    EXPECT_NE(all[0].reason.find("another column fits nearly as well"), std::string::npos) << all[0].reason;
}

TEST_F(Inferred, ATableOfCommonColumnsIsNoOtherTable) {
    std::string many;
    for (const std::string name : {"a", "b", "c", "d", "e", "f"})
        many += "CREATE TABLE " + name + "(id INTEGER PRIMARY KEY, name TEXT, comments TEXT, " + name +
                "1 TEXT);";
    const auto all = from(many + "CREATE TABLE brand(id INTEGER PRIMARY KEY, name TEXT, comments TEXT)",
                          many + "CREATE TABLE region(id INTEGER PRIMARY KEY, name TEXT, comments TEXT);"
                                 "CREATE TABLE mode(id INTEGER PRIMARY KEY, name TEXT, comments TEXT)");
    EXPECT_EQ(applied(all), Sentences{});
}

TEST_F(Inferred, ATableThatAColumnRefersToInsteadOfTheOld) {
    const std::string log = "CREATE TABLE log(id INTEGER PRIMARY KEY, at TEXT, ";
    EXPECT_EQ(applied(from(log + "room_id INTEGER REFERENCES room(id)); CREATE TABLE room(id INTEGER PRIMARY "
                                 "KEY, site TEXT, name TEXT)",
                           log + "layout_id INTEGER REFERENCES layout(id)); CREATE TABLE layout(id INTEGER "
                                 "PRIMARY KEY, site TEXT, name TEXT, parent INTEGER)")),
              (Sentences{"renamed-table room layout", "renamed-column log.room_id log.layout_id"}));
}

TEST_F(Inferred, AMoveNeedsRowsThatBelongTogether) {
    const std::string older = "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, initials TEXT);";
    const std::string newer = "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);";
    EXPECT_EQ(
        applied(from(
            older + "CREATE TABLE details(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id))",
            newer + "CREATE TABLE details(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id), "
                    "initials TEXT)")),
        (Sentences{"moved-column person.initials details.initials"}));
    EXPECT_EQ(from(older + "CREATE TABLE stamp(id INTEGER PRIMARY KEY, x TEXT)",
                   newer + "CREATE TABLE stamp(id INTEGER PRIMARY KEY, x TEXT, initials TEXT)")
                  .size(),
              0U);
}

TEST_F(Inferred, RandomDefaultsAreNoDifference) {
    const std::string uuid = "0a1b2c3d-0000-4000-8000-00000000000";
    EXPECT_EQ(applied(from("CREATE TABLE t(u TEXT DEFAULT 'urn:uuid:" + uuid + "1')",
                           "CREATE TABLE t(u TEXT DEFAULT 'urn:uuid:" + uuid + "2')")),
              (Sentences{"random-default t.u t.u"}));
    EXPECT_EQ(applied(from("CREATE TABLE t(u TEXT DEFAULT 'urn:uuid:" + uuid + "1')",
                           "CREATE TABLE t(u TEXT DEFAULT 'other:" + uuid + "2')")),
              Sentences{});
}

TEST_F(Inferred, WhatIsDecidedIsCertain) {
    const auto all = from("CREATE TABLE a(x TEXT, y TEXT); CREATE TABLE b(z TEXT)", "CREATE TABLE c(q TEXT)",
                          "renamed_tables = { a = \"c\" }\nrenamed_columns = { \"a.y\" = \"c.q\" }");
    EXPECT_EQ(applied(all), (Sentences{"renamed-table a c", "renamed-column a.y c.q"}));
    EXPECT_EQ(all[0].confidence, certain);
}

TEST_F(Inferred, NotWhatIsDecidedToGo) {
    const std::string older = "CREATE TABLE t(id INTEGER PRIMARY KEY, born DATE)";
    const std::string newer = "CREATE TABLE t(id INTEGER PRIMARY KEY, born_on DATE)";
    EXPECT_EQ(from(older, newer).size(), 1U);
    EXPECT_EQ(from(older, newer, "dropped_columns = [\"t.born\"]").size(), 0U);
}

} // namespace
} // namespace lockstep
