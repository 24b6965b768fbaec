#include "payload/version.h"

#include "payload/error.h"

#include <gtest/gtest.h>

using namespace lockstep;

TEST(Version, OrdersAsSemanticVersionsDo) {
    // https://semver.org, section 11
    const std::vector<std::string> ascending{"0.9.0",         "1.0.0-alpha",
                                             "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                             "1.0.0-beta",    "1.0.0-beta.2",
                                             "1.0.0-beta.11", "1.0.0-rc.1",
                                             "1.0.0",         "1.0.1",
                                             "1.2.0",         "1.10.0",
                                             "2.0.0",         "99999999999999999999.0.0"};
    for (std::size_t i = 0; i < ascending.size(); ++i)
        for (std::size_t j = 0; j < ascending.size(); ++j)
            EXPECT_EQ(std::is_lt(compare_versions(ascending[i], ascending[j])), i < j)
                << ascending[i] << " " << ascending[j];
}

TEST(Version, MissingNumbersCountAsZeroAndBuildDoesNotCount) {
    EXPECT_TRUE(std::is_eq(compare_versions("1", "1.0.0")));
    EXPECT_TRUE(std::is_eq(compare_versions("1.2", "1.2.0+build.7")));
}

TEST(Version, KnowsWhatIsOne) {
    for (const char* good : {"1", "1.2", "1.2.3", "0.0.0", "1.2.3-rc.1", "1.2.3+a-b", "1.2.3-x+y"})
        EXPECT_TRUE(is_version(good)) << good;
    for (const char* bad : {"", "v1", "1.", ".1", "1.2.3.4", "01.2", "1.2.3-", "1.2.3-01", "1.2.3+", "1 ",
                            "1..2", "-1", "1/2", "1.2.3-a/b"})
        EXPECT_FALSE(is_version(bad)) << bad;
    EXPECT_FALSE(is_version(std::string(129, '1')));
}

TEST(Version, RefusesToCompareWhatIsNone) {
    try {
        compare_versions("1.0", "newest");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "Could not compare versions: 'newest' is not a version such as 1.2.0 or 1.2.0-rc.1");
    }
}
