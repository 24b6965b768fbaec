// Whether a release's scripts recode the values of a column by a list of them, or by another table: a value
// that the list doesn't have becomes NULL by oversight, where elsewhere it may well be meant.
#pragma once

#include "packaging/script_survey.h"
#include "payload/sql_text.h"

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Whether the column is compared within a CASE, in the ON of a JOIN, or in a query within parentheses: CASE
// status WHEN 'found' THEN 1 END, (SELECT code FROM status WHERE label = person.status).
bool maps_values(SqlTokens statement, std::string_view column);

// Whether a statement that writes to the table does that, be it under the name that the table has meanwhile.
bool maps_values(const std::vector<SurveyedStatement>& statements, const std::string& table,
                 std::string_view column);

} // namespace lockstep
