// `rehearse --html`: the verdict as a page that opens offline.
#include "tests/support/release_desk.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

class RehearsalPage : public ::testing::Test {
  protected:
    std::string page(int code) {
        const Ran ran = desk_.rehearse({"--html", file_});
        EXPECT_EQ(ran.code, code) << ran.err;
        return read_file(file_);
    }
    static void expect_parts(const std::string& text, const std::vector<std::string>& parts) {
        for (const std::string& part : parts)
            EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
    }
    ReleaseDesk desk_;
    const std::string file_ = desk_.workshop() / "verdict.html";
};

TEST_F(RehearsalPage, TellsTheVerdictAndTheFigures) {
    desk_.declare("max_shrink = { \"a<b\" = 3 }\n");
    const std::string text = page(0);
    expect_parts(text,
                 {"<title>The rehearsal of register 1.1.0</title>", "It succeeded: 1 installation updated",
                  "may lose rows of a&lt;b: 3", "from 1.0.0: 12 rows", "<td>1.1.0/all.sql</td>",
                  "<td>person</td>", "<th class=\"n\">rows a second</th>", "<td>1,000 rows</td>"});
    EXPECT_EQ(text.find("http"), std::string::npos) << "nothing from elsewhere";
    EXPECT_EQ(text.find("<script"), std::string::npos);
    expect_parts(desk_.rehearse().out, {"step", "rows a second", "1,000 rows", "the update takes"});
}

TEST_F(RehearsalPage, TellsAFailureAndLeavesNoEvidence) {
    page(0);
    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active'; DELETE FROM person "
                 "WHERE id = 3;");
    const std::string text = page(21);
    expect_parts(text, {"It failed", "table person: 1 of 10 rows is gone (key 3)", "max_shrink"});
    EXPECT_EQ(text.find("It succeeded"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(desk_.evidence()));
}

} // namespace
} // namespace lockstep
