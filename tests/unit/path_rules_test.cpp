#include "payload/path_rules.h"

#include <gtest/gtest.h>

using namespace lockstep;

TEST(PathRules, LetsOrdinaryPathsBe) {
    for (const char* path :
         {"clinic", "data/clinic.db", "a b/c-d_e.f", "Übersicht/日本.txt", ".hidden", "a..b", "console.log",
          "com10", "lpt", "aux1/x", "x/.lockstep", ".lockstep2", "COMA"})
        EXPECT_EQ(path_refusal(path), std::nullopt) << path;
    EXPECT_EQ(path_refusal(std::string(255, 'x')), std::nullopt);
}

TEST(PathRules, RefusesWhatSomePlatformTakesOtherwise) {
    const std::vector<std::pair<std::string, std::string>> refused{
        {"", "is empty"},
        {"/etc/passwd", "is absolute or has an empty part"},
        {"a//b", "is absolute or has an empty part"},
        {"a/", "is absolute or has an empty part"},
        {"..", "has the part '..'"},
        {"a/../b", "has the part '..'"},
        {"./a", "has the part '.'"},
        {"C:/x", "has a character that Windows doesn't allow in names, ':'"},
        {"a:stream", "has a character that Windows doesn't allow in names, ':'"},
        {"a\\b", "has a character that Windows doesn't allow in names, '\\'"},
        {"a*", "has a character that Windows doesn't allow in names, '*'"},
        {"a?", "has a character that Windows doesn't allow in names, '?'"},
        {"a<", "has a character that Windows doesn't allow in names, '<'"},
        {"a>", "has a character that Windows doesn't allow in names, '>'"},
        {"a|", "has a character that Windows doesn't allow in names, '|'"},
        {"a\"", "has a character that Windows doesn't allow in names, '\"'"},
        {"a./b", "has a part that ends with a dot or a space, 'a.'"},
        {"a /b", "has a part that ends with a dot or a space, 'a '"},
        {"a\nb", "has a control character"},
        {"a\x7f", "has a control character"},
        {std::string("a\0b", 3), "has a control character"},
        {"lib/aux", "has a part that Windows keeps for a device, 'aux'"},
        {"NUL.txt", "has a part that Windows keeps for a device, 'NUL.txt'"},
        {"con .x", "has a part that Windows keeps for a device, 'con .x'"},
        {"Com0", "has a part that Windows keeps for a device, 'Com0'"},
        {"LPT9.tar.gz", "has a part that Windows keeps for a device, 'LPT9.tar.gz'"},
        {"com\u00b2", "has a part that Windows keeps for a device, 'com\u00b2'"},
        {"conout$", "has a part that Windows keeps for a device, 'conout$'"},
        {"a\xff", "is not UTF-8"},
        {"a\xc0\xaf", "is not UTF-8"},
        {"a\xed\xa0\x80", "is not UTF-8"},
        {std::string(256, 'x'), "has a part longer than 255 bytes"},
        {".lockstep/ledger.db", "lies in '.lockstep', which is the updater's own"},
        {".LockStep", "lies in '.lockstep', which is the updater's own"},
        {".loc\u212astep/x", "lies in '.lockstep', which is the updater's own"}, // the Kelvin sign folds to k
        {".lock\u200bstep/x", "lies in '.lockstep', which is the updater's own"},
    };
    for (const auto& [path, why] : refused) EXPECT_EQ(path_refusal(path), why) << path;
    std::string longest;
    while (longest.size() <= 4096) longest += "abcdefg/";
    EXPECT_EQ(path_refusal(longest + "x"), "is longer than 4096 bytes");
}

TEST(PathRules, FindsPathsThatWouldBeOne) {
    const auto collide = [](const std::string& one, const std::string& other) {
        return colliding_paths({"unrelated", one, other}) == std::pair(one, other);
    };
    EXPECT_TRUE(collide("a", "a"));
    EXPECT_TRUE(collide("Readme", "README"));
    EXPECT_TRUE(collide("\u00e9", "e\u0301")); // composed and decomposed
    EXPECT_TRUE(collide("\u00c9", "e\u0301")); // and of another case
    EXPECT_TRUE(collide("stra\u00dfe", "STRASSE"));
    EXPECT_TRUE(collide("a", "a/b")); // a file and a folder
    EXPECT_TRUE(collide("a/b", "A"));
    EXPECT_TRUE(collide("Docs/a", "docs/b")); // the folders are one
    EXPECT_EQ(colliding_paths({"a/b", "a/c", "ab", "a.b", "b/a"}), std::nullopt);
    EXPECT_EQ(colliding_paths({}), std::nullopt);
}

TEST(PathRules, MatchesPatterns) {
    EXPECT_TRUE(matches_pattern("settings.ini", "settings.ini"));
    EXPECT_FALSE(matches_pattern("settings.ini", "x/settings.ini"));
    EXPECT_TRUE(matches_pattern("*.ini", "a.ini"));
    EXPECT_FALSE(matches_pattern("*.ini", "x/a.ini"));
    EXPECT_TRUE(matches_pattern("uploads/**", "uploads/a/b.jpg"));
    EXPECT_FALSE(matches_pattern("uploads/**", "uploads"));
    EXPECT_FALSE(matches_pattern("uploads/**", "uploads2/a"));
    EXPECT_TRUE(matches_pattern("**/*.log", "a.log"));
    EXPECT_TRUE(matches_pattern("**/*.log", "x/y/a.log"));
    EXPECT_FALSE(matches_pattern("**/a.log", "x/ba.log"));
    EXPECT_TRUE(matches_pattern("a?c", "a\u00e9"
                                       "c"));
    EXPECT_FALSE(matches_pattern("a?c", "a/c"));
    EXPECT_FALSE(matches_pattern("a*c", "ab/c"));
    EXPECT_TRUE(matches_pattern("a*", "a"));
    EXPECT_FALSE(matches_pattern("", "a"));
}
