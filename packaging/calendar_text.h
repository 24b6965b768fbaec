// Dates as SQLite's date functions read them.
#pragma once

#include <string_view>

namespace lockstep {

// YYYY-MM-DD, HH:MM, HH:MM:SS, HH:MM:SS.SSS, or both with a space or T between; Z or [+-]HH:MM after a time.
// The day must be in the calendar: SQLite itself takes February 31 for March 3.
bool is_calendar_text(std::string_view text);

} // namespace lockstep
