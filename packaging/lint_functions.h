// What SQL alone can't say of a value: functions that lint's queries use.
#pragma once

#include "payload/sqlite.h"

namespace lockstep {

// lockstep_fits(affinity, value): 1 where a column of this affinity ("integer", "real", "numeric", "text",
//   "blob", or "strict blob" for BLOB in a STRICT table) keeps the value as such: by SQLite's own conversion,
//   without a loss; NULL fits everywhere.
// lockstep_says_all(number, text): 0 where the text, which is this number, says more than it: a plus sign, a
// zero
//   before other digits, digits that a real number doesn't hold; else 1.
// lockstep_date(value): 1 where text is a date or a time that is in the calendar and that SQLite's date
//   functions read (https://sqlite.org/lang_datefunc.html#time_values), 0 where it isn't; NULL of numbers
//   (also as text), which may be days or seconds since some day, of blobs and of NULL.
// lockstep_folded(text): without case, accents and white space around it, for comparing; other values are
//   left as they are.
void register_lint_functions(Database& database);

} // namespace lockstep
