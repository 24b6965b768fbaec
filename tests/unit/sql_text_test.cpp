#include "payload/sql_text.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::string normal(std::string_view sql) {
    return normalised(tokens_of(sql));
}

TEST(SqlText, LeavesOutCommentsAndWhiteSpace) {
    EXPECT_EQ(normal("\xEF\xBB\xBFSELECT/* a */1 -- b\n , 2 /* open"), "select 1 , 2");
}

TEST(SqlText, TakesEveryQuotingOfAPlainNameForTheSame) {
    EXPECT_EQ(normal(R"(Patient "PATIENT" [patient] `pAtient`)"), "patient patient patient patient");
}

TEST(SqlText, KeepsQuotesThatTheNameNeeds) {
    EXPECT_EQ(normal(R"("two words" "null" null "a""b")"), R"("two words" "null" null "a"b")");
}

TEST(SqlText, KeepsStringsExactly) {
    EXPECT_EQ(normal("'It''s  A -- B'"), "'It''s  A -- B'");
}

TEST(SqlText, KnowsNumbersBlobsParametersAndSigns) {
    const auto tokens = tokens_of("1.5E-3 .5 0xFF X'00ff' ?1 :name a<>b a->>'$.x' a-1");
    std::string kinds;
    for (const SqlToken& token : tokens) {
        switch (token.kind) {
        case SqlKind::word:
            kinds += 'w';
            break;
        case SqlKind::quoted_name:
            kinds += 'q';
            break;
        case SqlKind::string:
            kinds += 's';
            break;
        case SqlKind::number:
            kinds += 'n';
            break;
        case SqlKind::blob:
            kinds += 'b';
            break;
        case SqlKind::parameter:
            kinds += 'p';
            break;
        case SqlKind::sign:
            kinds += '.';
            break;
        }
    }
    EXPECT_EQ(kinds, "nnnbppw.ww.sw.n");
    EXPECT_EQ(normal("1.5E-3 a->>'$.x' a-1"), "1.5e-3 a ->> '$.x' a - 1");
}

TEST(SqlText, CountsLinesThroughCommentsAndStrings) {
    const auto tokens = tokens_of("a\n/* \n */ b 'x\ny'\n--\nc");
    ASSERT_EQ(tokens.size(), 4u);
    EXPECT_EQ(tokens[1].line, 3);
    EXPECT_EQ(tokens[2].line, 3);
    EXPECT_EQ(tokens[3].line, 6);
}

TEST(SqlText, OpenQuotesReachToTheEnd) {
    EXPECT_EQ(tokens_of("'open").size(), 1u);
    EXPECT_EQ(tokens_of("[open").size(), 1u);
    EXPECT_EQ(tokens_of("x'").size(), 1u);
}

TEST(SqlText, NoCommentTakesTheSemicolonOfAStatement) {
    EXPECT_EQ(as_statement("SELECT 1"), "SELECT 1;\n");
    EXPECT_EQ(as_statement("SELECT 1 -- all"), "SELECT 1 -- all\n;\n");
    EXPECT_EQ(as_statement("SELECT 1 /* all"), "SELECT 1 /* all*/;\n");
    EXPECT_EQ(as_statement("SELECT 1 /* all */"), "SELECT 1 /* all */;\n");
}

TEST(SqlText, TakesOffOnlyParenthesesAroundAllOfIt) {
    const auto both = tokens_of("((a))");
    EXPECT_EQ(normalised(without_outer_parentheses(both)), "a");
    const auto two = tokens_of("(a) + (b)");
    EXPECT_EQ(normalised(without_outer_parentheses(two)), "( a ) + ( b )");
}

TEST(SqlText, NeverCutsACharacterInHalf) {
    EXPECT_EQ(cut_text("aäb", 2), "a…");
}

} // namespace
} // namespace lockstep
