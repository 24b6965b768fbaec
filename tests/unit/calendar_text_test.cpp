#include "packaging/calendar_text.h"

#include "payload/sqlite.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(CalendarText, IsWhatSqliteReadsAndIsInTheCalendar) {
    Database database(":memory:", OpenMode::create);
    for (const std::string text :
         {"2010-01-14", "2012-02-29", "2010-01-14 09:30", "2010-01-14T09:30:59", "2010-01-14 09:30:59.123",
          "09:30", "23:59:59", "2010-01-14 24:00", "2010-01-14 09:30Z", "2010-01-14 09:30:59 +02:00",
          "2010-01-14 09:30:59-11:45"}) {
        EXPECT_TRUE(is_calendar_text(text)) << text;
        EXPECT_TRUE(database.text("SELECT datetime(" + quoted_text(text) + ")")) << text;
    }
}

TEST(CalendarText, IsNothingElse) {
    for (const std::string text : {"",
                                   " ",
                                   "01/14/10 1",
                                   "2010-02-31",
                                   "2011-02-29",
                                   "2010-13-01",
                                   "2010-00-10",
                                   "2010-1-4",
                                   "2010-01",
                                   "14.01.2010",
                                   "2010-01-14 ",
                                   "2010-01-14 25:00",
                                   "2010-01-14 09:60",
                                   "2010-01-14 9:30",
                                   "2010-01-14 09:30:",
                                   "2010-01-14 09:30:59.",
                                   "2010-01-14 09:30 +15:00",
                                   "2010-01-14x",
                                   "2010-01-14 09:30x",
                                   "soon",
                                   "-010-01-14",
                                   "20100114"})
        EXPECT_FALSE(is_calendar_text(text)) << text;
}

} // namespace
} // namespace lockstep
