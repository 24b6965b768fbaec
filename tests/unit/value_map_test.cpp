#include "packaging/value_map.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

bool maps(const std::string& sql, const std::string& column = "a") {
    return maps_values(tokens_of(sql), column);
}

TEST(ValueMap, IsAComparisonInCaseOnOrQuery) {
    EXPECT_TRUE(maps("INSERT INTO n SELECT CASE a WHEN 'x' THEN 1 END FROM t"));
    EXPECT_TRUE(maps("INSERT INTO n SELECT CASE WHEN b THEN 2 WHEN t.\"A\" = 'x' THEN 1 END FROM t"));
    EXPECT_TRUE(maps("UPDATE n SET c = (SELECT n FROM c WHERE c.name = lower(a))"));
    EXPECT_TRUE(maps("INSERT INTO n SELECT c.n FROM t LEFT JOIN c ON c.name = t.a WHERE 1"));
}

TEST(ValueMap, IsNothingElse) {
    EXPECT_FALSE(maps("INSERT INTO n SELECT nullif(a, 'x'), CAST(a AS INTEGER) FROM t"));
    EXPECT_FALSE(maps("INSERT INTO n SELECT CASE b WHEN 1 THEN a ELSE a END, a FROM t WHERE a <> ''"));
    EXPECT_FALSE(maps("INSERT INTO n SELECT a FROM (SELECT a FROM t)"));
    EXPECT_FALSE(maps("INSERT INTO n SELECT c.n FROM t JOIN c ON c.id = t.id WHERE a = 'x'"));
    EXPECT_FALSE(maps("INSERT INTO n SELECT CASE a WHEN 1 THEN 2 END FROM t", "ab"));
}

TEST(ValueMap, IsFoundUnderTheNameThatTheTableHadThen) {
    SurveyedStatement fills;
    fills.text = "INSERT INTO new_t SELECT CASE a WHEN 1 THEN 2 END FROM t";
    fills.written = {{"main", "new_t"}};
    SurveyedStatement renames;
    renames.text = "ALTER TABLE new_t RENAME TO t";
    renames.renamed = "new_t";
    renames.new_name = "t";
    EXPECT_TRUE(maps_values({fills, renames}, "T", "a"));
    EXPECT_FALSE(maps_values({fills}, "T", "a"));
    EXPECT_FALSE(maps_values({fills, renames}, "other", "a"));
}

} // namespace
} // namespace lockstep
