// The protocol of the swap, searched by spin over every order of steps, kills, power cuts, failing calls and
// other programs' writes: tests/model. No rule of it can be left out without spin finding what is lost then.
#include "tests/support/run.h"
#include "tests/support/sweep.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <iostream>
#include <sstream>

namespace lockstep {
namespace {

class Model : public ::testing::Test {
  protected:
    static Ran check(const std::vector<std::string>& words) {
        std::vector<std::string> argv{source_file("tests/model/check")};
        argv.insert(argv.end(), words.begin(), words.end());
        return run(argv);
    }
    void build(const std::string& databases) {
        const Ran built = check({"build", folder_.path(), databases});
        ASSERT_EQ(built.code, 0) << built.err;
    }
    Ran search(const std::string& exchange, const std::string& broken_rule = {}) {
        std::vector<std::string> words{"run", folder_.path(), exchange};
        if (!broken_rule.empty()) words.push_back(broken_rule);
        return check(words);
    }
    // Counts the states.
    void search_whole(const std::string& exchange, SweepCount& count, int at_least) {
        const Ran ran = search(exchange);
        EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
        std::cout << (exchange == "1" ? "names exchanged:\n" : "names not exchanged:\n") << ran.out;
        std::istringstream lines(ran.out);
        double states = 0;
        for (std::string line; std::getline(lines, line);)
            if (line.find("states, stored") != std::string::npos) states = std::stod(line);
        EXPECT_GE(states, at_least);
        count.tried(static_cast<int>(states));
    }
    TemporaryFolder folder_;
};

TEST_F(Model, OfOneDatabaseAndFourFilesHoldsInEveryOrderOfSteps) {
    build("1");
    SweepCount count("states of the model, one database");
    search_whole("1", count, 30000);
    search_whole("0", count, 300000);
}

TEST_F(Model, OfTwoDatabasesHoldsInEveryOrderOfSteps) {
    if (!every_point()) GTEST_SKIP() << "minutes: only with LOCKSTEP_ALL";
    build("2");
    SweepCount count("states of the model, two databases");
    search_whole("1", count, 500000);
    search_whole("0", count, 20000000); // 27 million in 2.4 GiB
}

TEST_F(Model, FindsEachRuleThatIsBroken) {
    build("1");
    SweepCount count("rules of the model broken");
    std::istringstream rules(check({"rules"}).out);
    for (std::string rule; std::getline(rules, rule);) {
        count.tried();
        Ran ran = search("1", rule);
        if (ran.code == 0) ran = search("0", rule); // it matters only where names can't be exchanged
        EXPECT_EQ(ran.code, 1) << rule;
        EXPECT_NE(ran.out.find("assertion violated"), std::string::npos) << rule << ":\n"
                                                                         << ran.out << ran.err;
    }
    EXPECT_GE(count.points(), 18);
}

TEST_F(Model, ARuleThatDoesNotExistIsRefused) {
    const Ran ran = check({"run", folder_.path(), "1", "NO_SUCH_RULE"});
    EXPECT_EQ(ran.code, 2);
    EXPECT_EQ(ran.err, "no such rule: NO_SUCH_RULE\n");
}

} // namespace
} // namespace lockstep
