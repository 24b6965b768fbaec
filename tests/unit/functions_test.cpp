#include "payload/migration.h"

#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class Functions : public testing::Test {
  protected:
    Functions() { register_functions(database_); }
    std::string value(const std::string& expression) {
        return database_.text("SELECT " + expression).value_or("NULL");
    }
    std::string failure(const std::string& sql) {
        return message_of([&] { database_.run(sql); });
    }

    TestFolder folder_;
    Database database_ = folder_.database("f.db", "CREATE TABLE t (a)");
};

TEST_F(Functions, Uuid5GivesTheKnownUuids) { // the same as Python's uuid.uuid5
    EXPECT_EQ(value("uuid5('dns', 'python.org')"), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
    EXPECT_EQ(value("uuid5('{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}', 'python.org')"),
              "886313e1-3b8a-5372-9b90-0c9aee199e5d");
    EXPECT_EQ(value("uuid5('dns', NULL)"), "NULL");
    EXPECT_NE(failure("SELECT uuid5('nowhere', 'x')").find("the namespace is neither a UUID nor"),
              std::string::npos);
}

TEST_F(Functions, Sha256TakesTextAndBlobs) {
    const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    EXPECT_EQ(value("sha256('abc')"), abc);
    EXPECT_EQ(value("sha256(x'616263')"), abc);
    EXPECT_EQ(value("sha256(NULL)"), "NULL");
    EXPECT_EQ(value("sha256(12) = sha256('12')"), "1");
}

TEST_F(Functions, RegexpFindsByCharacters) {
    EXPECT_EQ(value("'abc' REGEXP 'b'"), "1");
    EXPECT_EQ(value("'abc' REGEXP '^b'"), "0");
    EXPECT_EQ(value("'äöü' REGEXP '^.{3}$'"), "1");
    EXPECT_EQ(value("'x' REGEXP '^[à-ÿ]$'"), "0");
    EXPECT_EQ(value("'é' REGEXP '^[à-ÿ]$'"), "1");
    EXPECT_EQ(value("regexp('a', NULL)"), "NULL");
    EXPECT_NE(failure("SELECT 'a' REGEXP '('").find("Could not run the SQL"), std::string::npos);
    EXPECT_NE(failure("SELECT 'a' REGEXP '(a)\\1'"), "no error");
}

TEST_F(Functions, RegexpStandsALongText) {
    EXPECT_EQ(value("printf('%.*c', 200000, 'a') REGEXP '^(a|b)*c'"), "0");
}

TEST_F(Functions, APatternThatChangesByRowIsCompiledAnew) {
    database_.run("INSERT INTO t VALUES ('a'), ('b'), ('a')");
    EXPECT_EQ(value("group_concat('a' REGEXP a, '') FROM t"), "101");
}

TEST_F(Functions, RequireRaisesItsMessage) {
    EXPECT_EQ(value("require(1, 'no')"), "1");
    for (const std::string condition : {"0", "NULL", "''", "1 > 2"})
        EXPECT_NE(
            failure("SELECT require(" + condition + ", 'a site has no name')").find(": a site has no name"),
            std::string::npos);
}

TEST_F(Functions, RequireIsNotAskedWhereThereIsNoRow) {
    EXPECT_EQ(failure("SELECT a FROM t WHERE require(0, 'never')"), "no error");
}

TEST_F(Functions, TheEnginesFunctionsAreFoundInAScript) {
    EXPECT_EQ(engine_functions_in("UPDATE t SET a = UUID5('dns', b) WHERE c REGEXP 'x' -- sha256(a)"),
              (std::set<std::string>{"uuid5", "regexp"}));
    EXPECT_EQ(engine_functions_in("SELECT sha256, 'require(1)' FROM t"), std::set<std::string>{});
}

} // namespace
} // namespace lockstep
