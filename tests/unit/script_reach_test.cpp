#include "packaging/script_reach.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class ScriptReach : public testing::Test {
  protected:
    // The tables of the old schema that a trial of the script has.
    std::string tables(const std::string& script, const std::string& older, const std::string& newer) {
        const DatabaseSchema old_schema = schema_of("older", older);
        const DatabaseSchema new_schema = schema_of("newer", newer);
        const DatabaseSchema part = reach_of(script, old_schema, new_schema);
        std::string all;
        for (const auto& [name, table] : part.tables) all += name + " ";
        for (const auto& [name, index] : part.indexes) all += "(" + name + ") ";
        all += "-";
        for (const std::string& name : left_out(part, old_schema)) all += " " + name;
        return all;
    }

  private:
    DatabaseSchema schema_of(const std::string& name, const std::string& sql) {
        Database database(folder_ / (name + std::to_string(++number_)), OpenMode::create);
        database.run(sql);
        return read_database_schema(database, "main");
    }
    TemporaryFolder folder_;
    int number_ = 0;
};

const std::string plain = "CREATE TABLE a(x); CREATE TABLE b(x); CREATE TABLE c(x); CREATE INDEX bx ON b(x);";

TEST_F(ScriptReach, IsWhatItNames) {
    EXPECT_EQ(tables("DROP TABLE \"A\";", plain, plain), "a - index bx table b table c");
    EXPECT_EQ(tables("DROP INDEX 'BX';", plain, plain), "b (bx) - table a table c");
    EXPECT_EQ(tables("-- a\nSELECT 1;", plain, plain), "- index bx table a table b table c");
}

TEST_F(ScriptReach, IsWhatDiffers) {
    EXPECT_EQ(tables("", plain, "CREATE TABLE a(x); CREATE TABLE b(x); CREATE INDEX bx ON b(x);"),
              "c - index bx table a table b");
    EXPECT_EQ(tables("", plain, "CREATE TABLE a(y); CREATE TABLE b(x); CREATE TABLE c(x)"),
              "a b (bx) - table c");
    EXPECT_EQ(tables("", plain, plain + "CREATE INDEX cx ON c(x)"), "c - index bx table a table b");
}

TEST_F(ScriptReach, IsWhatTriggersAndViewsName) {
    const std::string more = plain + "CREATE VIEW v AS SELECT * FROM b;"
                                     "CREATE TRIGGER t AFTER INSERT ON c BEGIN DELETE FROM b; END;";
    EXPECT_EQ(tables("", more, more), "b c (bx) - table a");
}

TEST_F(ScriptReach, IsWhatRefersToItAndWhatThatRefersTo) {
    const std::string family = "CREATE TABLE far(id INTEGER PRIMARY KEY);"
                               "CREATE TABLE other(id INTEGER PRIMARY KEY REFERENCES far);"
                               "CREATE TABLE parent(id INTEGER PRIMARY KEY);"
                               "CREATE TABLE child(p REFERENCES parent, o REFERENCES other);"
                               "CREATE TABLE nobody(p REFERENCES child)";
    EXPECT_EQ(tables("DROP TABLE parent", family, family), "child far other parent - table nobody");
}

} // namespace
} // namespace lockstep
