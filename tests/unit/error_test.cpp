#include "payload/error.h"

#include <gtest/gtest.h>

using namespace lockstep;

TEST(Error, ShowsControlCharactersAndKeepsItsLines) {
    using namespace std::string_literals;
    Error error(Code::not_trusted, "read", "evil\x1b[2J\0name\x7f"s, "it differs:\n  größer");
    EXPECT_EQ(error.what(), "Could not read evil\\x1b[2J\\x00name\\x7f: it differs:\n  größer"s);
    EXPECT_EQ(
        error.during("looking at\ra file").what(),
        "While looking at\\x0da file: Could not read evil\\x1b[2J\\x00name\\x7f: it differs:\n  größer"s);
    EXPECT_EQ(error.subject(), "evil\x1b[2J\0name\x7f"s) << "as it is, for whoever compares it";
}
